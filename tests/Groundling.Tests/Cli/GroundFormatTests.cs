using System.Text.Json;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

/// <summary>groundling ground --format.</summary>
public sealed class GroundFormatTests : IDisposable
{
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();

    public GroundFormatTests(TinyModel tiny) => _tiny = tiny;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_formats_of_several_folders_at_once()
    {
        Picture("in/first/a.png");
        Picture("in/second/a.png");
        var run = Ground("--format", "coco-instances,png", "--format", "cvat", _folder.File("in/first"), _folder.File("in/second")).Works();
        Assert.Equal(["coco-instances", "cvat", "journal.jsonl", "png", "summary.json"], Names("out"));
        Assert.Equal(["a", "a-2"], Names("out/png"));
        using var file = JsonDocument.Parse(File.ReadAllText(_folder.File("out/coco-instances/instances.json")));
        Assert.Equal(
            ["first/a.png", "second/a.png"],
            file.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file_name").GetString())
        );
        Assert.Contains(_folder.File("out/cvat/annotations.xml"), run.Output);
    }

    [Fact]
    public void Own_files_stay_where_they_are_asked_for()
    {
        Picture("a.png");
        Ground("--format", "files,yolo-seg", _folder.File("a.png")).Works();
        Assert.Equal(["overlay.png", "panoptic.json", "panoptic.png", "phrases.json", "yolo-seg"], Names("out"));
        Assert.Equal(["data.yaml", "images", "labels"], Names("out/yolo-seg"));
    }

    [Fact]
    public void Phrases_of_no_category_are_spoken_of()
    {
        Picture("a.png");
        _folder.Write("categories.txt", "dog\n");
        var run = Ground("--format", "png", "--categories", _folder.File("categories.txt"), _folder.File("a.png")).Works();
        Assert.Contains("of no category in", run.Error);
        Assert.Contains("\"a man\" (1)", run.Error);
        Assert.DoesNotContain("a dog", run.Error);
    }

    [Fact]
    public void What_makes_no_sense_is_refused_before_the_model_opens()
    {
        Picture("a.png");
        Ground("--format", "coco", _folder.File("a.png")).RefusesInOneLine("--format coco", "coco-panoptic");
        _folder.Write("categories.txt", "dog\n");
        Ground("--categories", _folder.File("categories.txt"), _folder.File("a.png")).RefusesInOneLine("--format");
        Ground("--format", "png", "--picture-address", "/x/", _folder.File("a.png")).RefusesInOneLine("label-studio");
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void What_needs_a_file_is_refused_for_the_standard_input_before_the_model_opens() =>
        CommandRun
            .Of("ground", "-", "--caption", "[a]", "--model", "none", "--format", "files,cut-outs", "--out", _folder.File("out"))
            .RefusesInOneLine("the standard input is none");

    [Fact]
    public void A_picture_that_cannot_be_read_is_left_out_and_nothing_is_written_of_none()
    {
        _folder.Write("in/broken.png", "no picture");
        _folder.Write("in/torn.png", "no picture");
        Assert.Equal(2, Ground("--format", "coco-instances,cvat", _folder.File("in")).Code);
        Assert.False(Directory.Exists(_folder.File("out")));
        Picture("in/whole.png");
        Assert.Equal(2, Ground("--format", "coco-instances,cvat", _folder.File("in")).Code);
        using var file = JsonDocument.Parse(File.ReadAllText(_folder.File("out/coco-instances/instances.json")));
        Assert.Equal(
            "whole.png",
            Assert.Single(file.RootElement.GetProperty("images").EnumerateArray()).GetProperty("file_name").GetString()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("png,,cvat")]
    [InlineData("png,")]
    public void Empty_names_of_formats_are_refused(string formats)
    {
        Picture("a.png");
        Ground("--format", formats, _folder.File("a.png")).RefusesInOneLine($"--format \"{formats}\" has an empty name", "coco-panoptic");
    }

    [Theory]
    [InlineData("cvat", "annotations.xml")]
    [InlineData("coco-instances", "instances.json")]
    [InlineData("yolo-seg", "data.yaml")]
    [InlineData("label-studio", "tasks.json")]
    public void A_folder_where_a_file_is_to_be_is_told_before_the_model_opens(string format, string file)
    {
        Picture("a.png");
        Directory.CreateDirectory(_folder.File($"out/{format}/{file}"));
        Ground("--format", format, "--model", "nowhere", _folder.File("a.png"))
            .RefusesInOneLine(_folder.File($"out/{format}/{file}"), "is a folder where a file is to be written");
    }

    [Theory]
    [InlineData("files")]
    [InlineData("cvat")]
    [InlineData("coco-panoptic")]
    [InlineData("png")]
    public void A_file_where_the_folder_is_to_be_is_told_before_the_model_opens(string format)
    {
        Picture("a.png");
        _folder.Write("out", "a file");
        var line = new[] { "--format", format, "--model", "nowhere", _folder.File("a.png") };
        Assert.DoesNotContain("already exists", Ground(line).Refuses(_folder.File("out"), "is a file"));
        Assert.Equal("a file", File.ReadAllText(_folder.File("out")));
    }

    [Fact]
    public void Masks_of_an_earlier_run_do_not_stay()
    {
        Picture("a.png");
        Ground("--format", "png", _folder.File("a.png")).Works();
        _folder.Write("out/png/a/07-mine.png", "of somebody else");
        CommandRun
            .Of("ground", _folder.File("a.png"), "-c", "[a cat]", "-t", "0", "-m", _tiny.Path, "-o", _folder.File("out"), "-f", "png")
            .Works();
        Assert.Equal(["01-cat.png", "07-mine.png", "masks.json"], Names("out/png/a"));
    }

    private CommandRun Ground(params string[] arguments) =>
        CommandRun.Of([
            "ground",
            .. arguments,
            "--caption",
            "[a man] on [a dog]",
            "--threshold",
            "0",
            .. arguments.Contains("--model") ? (string[])[] : ["--model", _tiny.Path],
            "--out",
            _folder.File("out"),
        ]);

    private void Picture(string name) => _folder.Write(name, TinyModel.Gradient(40, 24).EncodePng());

    private List<string> Names(string folder) =>
        [.. Directory.GetFileSystemEntries(_folder.File(folder)).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
}
