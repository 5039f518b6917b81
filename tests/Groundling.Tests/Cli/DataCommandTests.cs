using System.Text.Json;
using Groundling.Data;
using Groundling.Data.Editing;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

public class DataCommandTests
{
    [Fact]
    public void Scenes_are_made_and_checked()
    {
        using var folder = new TemporaryFolder();
        var made = CommandRun
            .Of("scenes", "--out", folder.Path, "--count", "6", "--seed", "2", "--size", "64", "--split", "compositional", "--json")
            .Works();
        using var told = JsonDocument.Parse(made.Output);
        Assert.Equal(6, told.RootElement.GetProperty("count").GetInt32());
        Assert.True(told.RootElement.GetProperty("pictures_per_second").GetDouble() > 0);

        var plots = folder.File("plots");
        var check = CommandRun.Of("data", "check", folder.Path, "--split", "compositional", "--plots", plots).Works();
        Assert.Contains("6 narratives, 6 usable", check.Output);
        Assert.Contains("read and indexed", check.Output);
        Assert.Contains("no faults", check.Output);
        Assert.Equal(5, Directory.GetFiles(plots, "*.png").Length);
        Assert.All(Directory.GetFiles(plots), file => Assert.True(Picture.Load(file).Width == 800));

        using var json = JsonDocument.Parse(
            CommandRun.Of("data", "check", folder.Path, "--split", "compositional", "--json", "--quiet").Works().Output
        );
        var root = json.RootElement;
        Assert.False(root.GetProperty("indexed").GetBoolean());
        Assert.Equal(6, root.GetProperty("pictures_decoded").GetInt32());
        Assert.Equal(root.GetProperty("phrases").GetInt32(), root.GetProperty("things").GetInt32() + root.GetProperty("stuff").GetInt32());
        Assert.Equal(64, root.GetProperty("spreads").GetProperty("longer side, pixels").GetProperty("most").GetDouble());
    }

    [Fact]
    public void Faults_are_listed_with_examples_and_the_check_still_succeeds()
    {
        using var benchmark = new SmallBenchmark().With(SmallBenchmark.Panoptic, "\"area\": 4", "\"area\": 5");
        var text = File.ReadAllText(benchmark.File(SmallBenchmark.Narratives)).Trim();
        benchmark.Write(SmallBenchmark.Narratives, text[..^1] + ", {\"image_id\": \"9\", \"caption\": \"lost\", \"segments\": []}, 7]");
        var check = CommandRun.Of("data", "check", benchmark.Path, "--quiet").Works();
        Assert.Contains("fault: 1 segments do not have as many pixels", check.Output);
        Assert.Contains("segment 300: 4 pixels, area 5", check.Output);
        Assert.Contains("narrative 1: image 9", check.Output);
        Assert.Contains("narrative 2: \"segments\" is missing", check.Output);
    }

    [Fact]
    public void Data_of_which_nothing_can_be_used_ends_with_2()
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Write(SmallBenchmark.Map, [1, 2, 3]);
        var check = CommandRun.Of("data", "check", benchmark.Path, "--quiet");
        check.RefusesInOneLine("none of 1 narratives can be used");
        Assert.Contains("panoptic PNGs cannot be read", check.Output);
        CommandRun.Of("data", "check", benchmark.Path, "--annotations-only").Works();
        CommandRun.Of("data", "check", benchmark.File("nowhere")).RefusesInOneLine("does not exist");
        CommandRun.Of("data", "check", benchmark.Path, "--split", "test").RefusesInOneLine("png_coco_test2017.json does not exist");
        benchmark.Write(SmallBenchmark.Narratives, benchmark.Bytes(SmallBenchmark.Narratives)[..90]);
        CommandRun.Of("data", "check", benchmark.Path).RefusesInOneLine("cut short", "byte 90");
    }

    [Fact]
    public void A_benchmark_of_ones_own_is_begun_edited_checked_and_exported()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pictures/barn.png", TinyModel.Gradient(40, 30).EncodePng());
        folder.Write("pictures/barn.txt", "[a red barn] by [the [wide] sea]");
        folder.Write("pictures/notes.md", "no picture");
        var (pictures, data) = (folder.File("pictures"), folder.File("mine"));
        var made = CommandRun.Of("data", "new", data, "--pictures", pictures, "--split", "train").Works();
        Assert.Contains("1 pictures, 1 with a caption; 2 phrases to be grounded", made.Output);
        CommandRun.Of("data", "new", data, "--pictures", pictures).RefusesInOneLine("holds something already");
        CommandRun.Of("data", "new", folder.File("x"), "--pictures", folder.File("nowhere")).RefusesInOneLine("nowhere");
        Assert.False(Directory.Exists(folder.File("x")));
        CommandRun.Of("data", "export", data, "--split", "train", "--format", "files").RefusesInOneLine("what ground writes");

        using (var session = EditSession.Open(data, "train"))
        {
            var barn = session["1"];
            Assert.Equal("a red barn by the wide sea", barn.State.Narrative.Caption);
            barn.Apply(new Edit.AddSegment("barn") { Id = 7, Mask = RunLengthMask.FromBox(new(3, 4, 5, 6), 40, 30) });
            barn.Apply(new Edit.Assign(0, [7]));
        }
        Assert.Contains("no faults", CommandRun.Of("data", "check", data, "--split", "train").Works().Output);
        var exported = folder.File("exported");
        CommandRun.Of("data", "export", data, "--split", "train", "--format", "coco-instances", "--out", exported, "--quiet").Works();
        using var instances = JsonDocument.Parse(File.ReadAllText(Path.Combine(exported, "coco-instances/instances.json")));
        Assert.Equal(30, instances.RootElement.GetProperty("annotations")[0].GetProperty("area").GetDouble());
    }

    /// <summary>As data new makes them of a.jpg and a.png.</summary>
    [Fact]
    public void Pictures_whose_names_differ_in_the_ending_alone_are_exported_apart()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["barn.png", "barn.jpg"])
        {
            folder.Write($"pictures/{name}", TinyModel.Gradient(40, 30).EncodePng());
            folder.Write("pictures/barn.txt", "[a red barn]");
        }
        var data = folder.File("mine");
        CommandRun.Of("data", "new", data, "--pictures", folder.File("pictures"), "--split", "train").Works();
        using (var session = EditSession.Open(data, "train"))
            foreach (var id in (string[])["1", "2"])
            {
                session[id].Apply(new Edit.AddSegment("barn") { Id = 7, Mask = RunLengthMask.FromBox(new(3, 4, 5, 6), 40, 30) });
                session[id].Apply(new Edit.Assign(0, [7]));
            }
        CommandRun.Of("data", "export", data, "--split", "train", "--format", "yolo-seg", "--out", folder.File("out"), "--quiet").Works();
        foreach (var kind in (string[])["images", "labels"])
            Assert.Equal(
                ["barn", "barn-2"],
                Directory.GetFiles(folder.File($"out/yolo-seg/{kind}")).Select(file => Path.GetFileNameWithoutExtension(file)).Order()
            );
    }

    /// <summary>Who stands in a folder stands in it still.</summary>
    [Fact]
    public void A_benchmark_is_begun_in_the_folder_where_one_stands()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pictures/barn.png", TinyModel.Gradient(40, 30).EncodePng());
        Directory.CreateDirectory(folder.File("mine"));
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder.File("mine"));
        try
        {
            CommandRun.Of("data", "new", ".", "--pictures", folder.File("pictures"), "--split", "train").Works();
            Assert.True(File.Exists("annotations/png_coco_train2017.json"));
            Assert.Equal(["mine", "pictures"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Theory]
    [InlineData("--count", "0", "too small")]
    [InlineData("--size", "9", "out of range")]
    [InlineData("--seed", "-1", "out of range")]
    [InlineData("--split", "test", "train, val, compositional, closeups, closeups-val, varied, novel, novel-val, dense")]
    [InlineData("--threads", "0", "out of range")]
    public void Scenes_that_cannot_be_made_are_refused(string option, string value, string says)
    {
        using var folder = new TemporaryFolder();
        string[] usual =
        [
            "scenes",
            "--out",
            folder.Path,
            "--quiet",
            .. option == "--count" ? Array.Empty<string>() : ["--count", "1"],
            option,
            value,
        ];
        CommandRun.Of(usual).RefusesInOneLine(says);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
