using System.Diagnostics;
using System.Text.Json;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Torch;

namespace Groundling.Tests.Cli;

/// <summary>Options out of range, and places that cannot be written.</summary>
public sealed class OptionAndOutputTests : IDisposable
{
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();
    private readonly string _picture;

    public OptionAndOutputTests(TinyModel tiny)
    {
        _tiny = tiny;
        _picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--size 63", "size of 63", "64 to 4096")]
    [InlineData("--size -1", "size of -1", "64 to 4096")]
    [InlineData("--size 4097", "size of 4097", "64 to 4096")]
    [InlineData("--size big", "'big'", "a whole number is needed")]
    [InlineData("--size 99999999999", "'99999999999'", "a whole number is needed")]
    [InlineData("--threshold -0.1", "threshold of -0.1", "0 up to")]
    [InlineData("--threshold 1", "threshold of 1", "0 up to")]
    [InlineData("--threshold NaN", "threshold of NaN", "0 up to")]
    [InlineData("--threshold half", "'half'", "a number is needed")]
    [InlineData("--threshold 0,3", "'0,3'", "with a point and no comma")]
    [InlineData("--threshold 1,000.5", "'1,000.5'", "with a point and no comma")]
    [InlineData("--threshold (0.3)", "'(0.3)'", "a number is needed")]
    [InlineData("--threads 0", "--threads 0", "1 to 1024")]
    [InlineData("--threads -2", "--threads -2", "1 to 1024")]
    [InlineData("--threads 1025", "--threads 1025", "1 to 1024")]
    [InlineData("--index 7", "--index", "name the file by --narrative")]
    [InlineData("--refinement walks=1", "--refinement", "--refine")]
    [InlineData("--resume", "--resume", "leave it out")]
    [InlineData("--colour red", "no option '--colour'", "groundling ground --help")]
    [InlineData("-z", "no option '-z'", "groundling ground --help")]
    [InlineData("--size", "--size", "groundling ground --help")]
    public void Options_of_ground_are_checked(string options, string names, string says)
    {
        (
            CommandRun.Of(["ground", _picture, "-c", "[a]", "-m", _tiny.Path, "-o", _folder.File("out"), .. options.Split(' ')])
        ).RefusesInOneLine(names, says);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    /// <summary>In a language that writes 0,3 a point would otherwise part thousands.</summary>
    [Fact]
    public void A_point_is_a_point_in_every_language()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
        try
        {
            CommandRun
                .Of("ground", _picture, "-c", "[a]", "-m", _tiny.Path, "-o", _folder.File("out"), "--threshold", "1.5")
                .RefusesInOneLine("0 up to");
            CommandRun
                .Of(
                    "ground",
                    _picture,
                    "-c",
                    "[a]",
                    "-m",
                    _tiny.Path,
                    "-o",
                    _folder.File("out"),
                    "--size",
                    "64",
                    "--threshold",
                    "0.5",
                    "-q"
                )
                .Works();
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("", "groundling --help")]
    [InlineData("paint", "'paint'")]
    [InlineData("ground", "IMAGE")]
    [InlineData("sample", "CAPTION")]
    [InlineData("sample a --guidance 7,5", "--guidance '7,5': a number is needed, with a point and no comma")]
    [InlineData("serve --timeout 1,5", "with a point and no comma")]
    [InlineData("export", "--out")]
    [InlineData("quantize", "--data")]
    [InlineData("bench --model none", "none: no such folder")]
    [InlineData("bench --model none --repeats 0", "--repeats 0")]
    [InlineData("bench --model none --size -5", "size of -5")]
    [InlineData("bench --model none --size 5000", "size of 5000")]
    [InlineData("cache fill --model none --size 0", "none: no such folder")]
    [InlineData("serve --model none --samples none", "--samples none: there is no such folder")]
    [InlineData("quantize none --data d --out o --similarity 0,99", "with a point and no comma")]
    [InlineData("evaluate d --baseline random --refine", "--refine reads a model's attention")]
    [InlineData("inspect", "MODEL")]
    [InlineData("new-model", "--out")]
    [InlineData("new-model --out x --preset huge", "--preset huge is not known: sd15, sd21, scenes, tiny")]
    [InlineData("new-model --out x --seed -1", "--seed -1")]
    [InlineData("new-model --out x --seed x", "a whole number is needed")]
    [InlineData("new-model --out x --tokenizer none", "vocab.json: no such file")]
    [InlineData("features a.png --out x --model m", "--caption")]
    [InlineData("features a.png --out x --model m --caption [a] --wrong", "--wrong")]
    public void Command_lines_that_say_too_little_or_too_much_are_refused(string line, string says) =>
        (CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).RefusesInOneLine(says);

    /// <summary>A script's empty variable, or a name that happens to begin like a file of options.</summary>
    [Fact]
    public void Arguments_are_what_was_typed()
    {
        CommandRun.Of("inspect", "").RefusesInOneLine("MODEL is empty: name one");
        CommandRun.Of("data", "new", "", "--pictures", _folder.Path).RefusesInOneLine("DATA is empty");
        CommandRun.Of("ground", "", "-c", "[a]").RefusesInOneLine("IMAGE is empty");
        var response = _folder.Write("words", "a cat");
        Assert.Contains("alice", CommandRun.Of("phrases", "@alice stands on a boat", "--json").Works().Output);
        Assert.DoesNotContain("cat", CommandRun.Of("phrases", $"@{response}", "--json").Works().Output);
    }

    [Fact]
    public void A_pictures_own_size_has_its_limit()
    {
        var path = _folder.Write("long.png", TinyModel.Gradient(5000, 1).EncodePng());
        (CommandRun.Of("ground", path, "-c", "[a]", "-m", _tiny.Path, "-o", _folder.File("out"), "--size", "0")).RefusesInOneLine(
            "5000 x 1",
            "4096"
        );
    }

    [Fact]
    public void Help_names_every_command_and_option()
    {
        var run = (CommandRun.Of("--help")).Works();
        foreach (var command in (string[])["ground", "features", "new-model", "inspect", "bench"])
        {
            Assert.Contains($"  {command} ", run.Output.Replace('\n', ' '));
            Assert.Contains(
                $"groundling {command}",
                (CommandRun.Of(command, "--help")).Works().Output.Replace("Groundling.Tests", "groundling")
            );
        }
    }

    [Fact]
    public void Threads_do_not_change_the_answer()
    {
        var before = TorchSharp.torch.get_num_threads();
        try
        {
            string[] line =
            [
                "ground",
                _picture,
                "-c",
                "[a] on [b]",
                "-m",
                _tiny.Path,
                "-o",
                _folder.File("out"),
                "--size",
                "64",
                "--json",
                "--threads",
            ];
            Assert.Equal((CommandRun.Of([.. line, "1"])).Works().Output, (CommandRun.Of([.. line, "2"])).Works().Output);
        }
        finally
        {
            TorchSharp.torch.set_num_threads(before);
        }
    }

    [Fact]
    public void New_models_take_no_folder_that_holds_something()
    {
        (CommandRun.Of("new-model", "--out", _folder.Path)).RefusesInOneLine(_folder.Path, "exists already");
        (CommandRun.Of("new-model", "--out", _picture)).RefusesInOneLine(_picture, "exists already");
        (CommandRun.Of("new-model", "--out", Path.Combine(_picture, "m"))).RefusesInOneLine("cannot be made", "is not a folder");
        (CommandRun.Of("new-model", "--out", "")).RefusesInOneLine("empty");
        Directory.CreateDirectory(_folder.File("empty"));
        (CommandRun.Of("new-model", "--out", _folder.File("empty") + "/", "--quiet")).Works();
        (CommandRun.Of("inspect", _folder.File("empty"))).Works();
        Assert.Equal(["a.png", "empty"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Features_say_which_file_cannot_be_written()
    {
        foreach (
            var (path, says) in new[]
            {
                (_folder.File("no/such/f.safetensors"), "cannot be written"),
                (_folder.Path, "is a folder"),
                ("", "empty"),
            }
        )
            Features(path).RefusesInOneLine(path, says);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_full_disk_is_named_and_left_as_it_was()
    {
        var disk = _folder.File("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(
            Programs.Run("mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", disk).Code == 0,
            "needs the right to mount a small disk"
        );
        try
        {
            Features(Path.Combine(disk, "f.safetensors"))
                .RefusesInOneLine(Path.Combine(disk, "f.safetensors"), "cannot be written", "space");
            var large = _folder.Write("b.png", TinyModel.Gradient(900, 700).EncodePng());
            (
                CommandRun.Of("ground", large, "-c", "[a]", "-m", _tiny.Path, "-o", Path.Combine(disk, "out"), "--size", "64")
            ).RefusesInOneLine(Path.Combine(disk, "out"), "space");
            (CommandRun.Of("new-model", "--out", Path.Combine(disk, "m"))).RefusesInOneLine(disk, "space");
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Programs.Run("umount", disk);
        }
    }

    [Fact]
    public void Bench_compares_the_ways_of_computing()
    {
        var run = CommandRun
            .Of("bench", "-m", _tiny.Path, "--compare", "--size", "64", "--phrases", "3", "--repeats", "1", "--json")
            .Works();
        using var json = JsonDocument.Parse(run.Output);
        var ways = json.RootElement.GetProperty("ways").EnumerateArray().ToList();
        string[] expected = ["plain", "f32", .. ComputeDevice.CpuHasBf16 ? (string[])["bf16"] : []];
        Assert.Equal(expected, ways.Select(way => way.GetProperty("name").GetString()));
        foreach (var way in ways)
        {
            Assert.Equal(
                ["text", "VAE encoder", "UNet", "ground", "UNet and back"],
                way.GetProperty("seconds").EnumerateObject().Select(work => work.Name)
            );
            Assert.InRange(way.GetProperty("error").GetDouble(), 0, way.GetProperty("name").GetString() == "bf16" ? 0.1 : 1e-5);
            Assert.InRange(way.GetProperty("cosine").GetDouble(), 0.99, 1.00001);
        }
        CommandRun.Of("bench", "-m", _tiny.Path, "--compare", "--precision", "bf16").RefusesInOneLine("--compare", "leave out");
        CommandRun.Of("bench", "-m", _tiny.Path, "--phrases", "0").RefusesInOneLine("--phrases 0", "1 to 256");
    }

    [Fact]
    public void Bench_measures_every_step()
    {
        using (var trained = TinyGrounding.Build(_tiny))
            GroundingFolder.Save(_folder.File("run"), trained);
        var run = (
            CommandRun.Of("bench", "-m", _tiny.Path, "--grounding", _folder.File("run"), "--size", "100", "--repeats", "1", "--json")
        ).Works();
        using var json = JsonDocument.Parse(run.Output);
        var root = json.RootElement;
        Assert.Equal(
            ["model", "method", "size", "device", "threads", "peak_gflop_per_second", "steps", "peak_resident_mb"],
            root.EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal("dynamic prompting, mutual aggregation, mask decoder", root.GetProperty("method").GetString());
        Assert.Equal((_tiny.Path, 100), (root.GetProperty("model").GetString(), root.GetProperty("size").GetInt32()));
        Assert.Equal("cpu, f32", root.GetProperty("device").GetString());
        Assert.Equal(TorchSharp.torch.get_num_threads(), root.GetProperty("threads").GetInt32());
        var steps = root.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(
            ["matmul 2048^3", "matmul 4096^3", "open, first answer", "text", "VAE encoder", "UNet, trained parts", "ground"],
            steps.Select(step => step.GetProperty("name").GetString())
        );
        foreach (var step in steps)
        {
            Assert.Equal(
                ["name", "seconds", "gflop", "gflop_per_second", "share_of_peak", "resident_mb"],
                step.EnumerateObject().Select(property => property.Name)
            );
            var (seconds, gflop) = (step.GetProperty("seconds").GetDouble(), step.GetProperty("gflop").GetDouble());
            Assert.True(seconds > 0);
            Assert.Equal(gflop / seconds, step.GetProperty("gflop_per_second").GetDouble(), 1e-6 * gflop / seconds);
        }
        Assert.Equal(2 * Math.Pow(2048, 3) / 1e9, steps[0].GetProperty("gflop").GetDouble(), 1e-9);
        Assert.Equal(1.0, steps.Take(2).Max(step => step.GetProperty("share_of_peak").GetDouble()), 1e-9);
        Assert.Equal(
            steps.Skip(3).Take(3).Sum(step => step.GetProperty("gflop").GetDouble()),
            steps[^1].GetProperty("gflop").GetDouble(),
            1e-9
        );
    }

    private CommandRun Features(string path) =>
        CommandRun.Of("features", _picture, "-c", "[a]", "-m", _tiny.Path, "-o", path, "--size", "64");
}
