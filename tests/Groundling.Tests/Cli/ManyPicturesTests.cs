using System.Text.Json;
using Groundling.Data;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

/// <summary>groundling ground on folders and lists of pictures.</summary>
public sealed class ManyPicturesTests : IDisposable
{
    private static readonly string[] Whole = ["overlay.png", "panoptic.json", "panoptic.png", "phrases.json"];
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();

    public ManyPicturesTests(TinyModel tiny)
    {
        _tiny = tiny;
        Directory.CreateDirectory(_folder.File("in"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_broken_picture_does_not_stop_the_others()
    {
        Picture("in/a.png");
        Picture("in/b.png");
        Picture("in/d.png");
        _folder.Write("in/c.png", "no picture");
        _folder.Write("in/notes.md", "not looked at");
        var run = Ground([_folder.File("in"), "--caption", "[a man]"]);
        Assert.Equal(2, run.Code);
        var fault = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("error: "));
        Assert.Contains(_folder.File("in/c.png"), fault);
        Assert.Equal(["a", "b", "d"], Names(_folder.File("out")));
        foreach (var name in Names(_folder.File("out")))
            Assert.Equal(Whole, Names(_folder.File($"out/{name}")));
        Assert.Contains("3 of 4 pictures", run.Output);
    }

    [Fact]
    public void Captions_lie_beside_pictures_and_their_faults_are_named()
    {
        Picture("in/a.png");
        _folder.Write("in/a.txt", "[a man]\n");
        Picture("in/b.png");
        _folder.Write("in/b.txt", "[a dog");
        Picture("in/c.png");
        var run = Ground([_folder.File("in")]);
        Assert.Equal(2, run.Code);
        var faults = run.Error.Split('\n').Where(line => line.StartsWith("error: ")).ToList();
        Assert.Equal(2, faults.Count);
        Assert.Contains(_folder.File("in/b.txt"), faults[0]);
        Assert.Contains("never closed", faults[0]);
        Assert.Contains(_folder.File("in/c.txt"), faults[1]);
        Assert.Equal(["a"], Names(_folder.File("out")));
        Assert.Contains("\"a man\"", File.ReadAllText(_folder.File("out/a/phrases.json")));
    }

    [Fact]
    public void A_list_names_pictures_from_where_it_lies()
    {
        Picture("in/a.png");
        Picture("in/b.png");
        var list = _folder.Write("list.txt", "in/a.png\n\n  in/b.png  \n");
        var run = Ground([list, "--caption", "[a man]", "--json"]).Works();
        var names = run
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("image").GetString());
        Assert.Equal([_folder.File("in/a.png"), _folder.File("in/b.png")], names);
        Ground([_folder.Write("none.txt", "\n"), "--caption", "[a man]"]).RefusesInOneLine("names no pictures");
    }

    [Fact]
    public void Equal_names_get_folders_of_their_own()
    {
        Directory.CreateDirectory(_folder.File("more"));
        foreach (var name in (string[])["in/a.png", "in/A.jpg", "more/a.png", "more/a-2.png"])
            Picture(name);
        Ground([_folder.File("in"), _folder.File("more"), "--caption", "[a man]", "--quiet"]).Works();
        Assert.Equal(4, Names(_folder.File("out")).Count);
        var images = Names(_folder.File("out"))
            .Select(name =>
                JsonDocument.Parse(File.ReadAllText(_folder.File($"out/{name}/phrases.json"))).RootElement.GetProperty("image").GetString()
            );
        Assert.Equal(["A.jpg", "a-2.png", "a.png", "a.png"], images.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_of_dots_stay_inside_and_formats_keep_their_folders()
    {
        foreach (var name in (string[])["in/...png", "in/..png", "in/png.png"])
            Picture(name);
        string[] pictures = [_folder.File("in/...png"), _folder.File("in/..png"), _folder.File("in/png.png")];
        Ground([.. pictures, "--caption", "[a man]", "--quiet", "--format", "png,files"]).Works();
        Assert.Equal(["picture", "picture-2", "png", "png-2"], Names(_folder.File("out")).Order(StringComparer.Ordinal));
        Assert.Equal(["picture", "picture-2", "png-2"], Names(_folder.File("out/png")).Order(StringComparer.Ordinal));
        Ground([pictures[0], "--caption", "[a man]", "--quiet", "--format", "png"]).Works();
        Assert.Equal(["in", "out"], Names(_folder.Path).Where(name => Directory.Exists(_folder.File(name))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_folder_is_refused() => Ground([_folder.File("in"), "--caption", "[a]"]).RefusesInOneLine("holds no pictures");

    [Fact]
    public void A_single_picture_is_named_in_its_json()
    {
        Picture("in/a.png");
        using var json = JsonDocument.Parse(Ground([_folder.File("in/a.png"), "--caption", "[a]", "--json"]).Works().Output);
        Assert.Equal(_folder.File("in/a.png"), json.RootElement.GetProperty("image").GetString());
    }

    [Fact]
    public void A_file_in_the_output_folders_place_is_refused_and_kept()
    {
        Picture("in/a.png");
        Picture("in/b.png");
        _folder.Write("out", "mine");
        Ground([_folder.File("in/a.png"), "--caption", "[a]"]).RefusesInOneLine(_folder.File("out"), "cannot be written");
        var run = Ground([_folder.File("in"), "--caption", "[a]"]);
        Assert.Equal(2, run.Code);
        Assert.Equal(2, run.Error.Split('\n').Count(line => line.StartsWith("error: ")));
        Assert.Equal("mine", File.ReadAllText(_folder.File("out")));
    }

    private CommandRun Ground(IEnumerable<string> arguments) =>
        CommandRun.Of(["ground", .. arguments, "--model", _tiny.Path, "--out", _folder.File("out"), "--size", "64"]);

    private void Picture(string name) => _folder.Write(name, TinyModel.Gradient(40, 24).EncodePng());

    private static List<string> Names(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
