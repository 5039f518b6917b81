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
        Assert.Equal(["a", "b", "d"], Folders(_folder.File("out")));
        foreach (var name in Folders(_folder.File("out")))
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
        Assert.Equal(["a"], Folders(_folder.File("out")));
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
        Assert.Equal([Path.Combine(_folder.Path, "in/a.png"), Path.Combine(_folder.Path, "in/b.png")], names);
        Ground([_folder.Write("none.txt", "\n"), "--caption", "[a man]"]).RefusesInOneLine("names no pictures");
    }

    [Fact]
    public void Equal_names_get_folders_of_their_own()
    {
        Directory.CreateDirectory(_folder.File("more"));
        foreach (var name in (string[])["in/a.png", "in/A.jpg", "more/a.png", "more/a-2.png"])
            Picture(name);
        Ground([_folder.File("in"), _folder.File("more"), "--caption", "[a man]", "--quiet"]).Works();
        Assert.Equal(4, Folders(_folder.File("out")).Count);
        var images = Folders(_folder.File("out"))
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
        Assert.Equal(["picture", "picture-2", "png", "png-2"], Folders(_folder.File("out")).Order(StringComparer.Ordinal));
        Assert.Equal(["picture", "picture-2", "png-2"], Names(_folder.File("out/png")).Order(StringComparer.Ordinal));
        Ground([pictures[0], "--caption", "[a man]", "--quiet", "--format", "png"]).Works();
        Assert.Equal(["in", "out"], Names(_folder.Path).Where(name => Directory.Exists(_folder.File(name))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_run_writes_a_folder_and_the_other_is_told()
    {
        Picture("in/a.png");
        Picture("in/b.png");
        Directory.CreateDirectory(_folder.File("out"));
        using (Groundling.Core.FolderLock.TryHold(_folder.File("out")))
            foreach (
                var more in (string[][])
                    [
                        [],
                        ["--resume"],
                    ]
            )
                Ground([_folder.File("in"), "--caption", "[a man]", .. more]).RefusesInOneLine("is in use", "--out");
        Assert.Empty(Names(_folder.File("out")));
        Ground([_folder.File("in"), "--caption", "[a man]"]).Works();
        Assert.DoesNotContain(Groundling.Core.FolderLock.Name, Names(_folder.File("out")));
    }

    [Fact]
    public void What_is_done_stays_known_where_the_disk_fails_as_a_run_goes_on()
    {
        Picture("in/a.png");
        Picture("in/b.png");
        string[] line =
        [
            "ground",
            _folder.File("in"),
            "--caption",
            "[a man]",
            "--quiet",
            "--model",
            _tiny.Path,
            "--size",
            "64",
            "--out",
            _folder.File("out"),
        ];
        CommandRun.Of(line).Works();
        Picture("in/c.png");
        var (journal, disk) = (_folder.File("out/journal.jsonl"), new Reliability.FaultyDisk(_folder));
        var before = File.ReadAllText(journal);
        var hits = 0;
        for (var at = 1; hits == 0 || disk.Hit.Length > 0; at++)
        {
            var run = disk.Run("write", at, Reliability.FaultyDisk.NoSpace, _folder.File("out"), [.. line, "--resume"]);
            if (run is null)
                break;
            hits++;
            Assert.StartsWith(before, File.ReadAllText(journal));
        }
        Assert.InRange(hits, 2, 100);
        Assert.StartsWith(before, File.ReadAllText(journal));
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
        foreach (var place in (string[])["in/a.png", "in"])
            Ground([_folder.File(place), "--caption", "[a]"]).RefusesInOneLine(_folder.File("out"), "is a file where a folder is to be");
        Assert.Equal("mine", File.ReadAllText(_folder.File("out")));
    }

    [Fact]
    public void Pictures_that_results_would_replace_are_refused_and_kept()
    {
        Picture("here/overlay.png");
        Picture("out/b/panoptic.png");
        Picture("in/b.png");
        var (alone, among) = (File.ReadAllBytes(_folder.File("here/overlay.png")), File.ReadAllBytes(_folder.File("out/b/panoptic.png")));
        Ground([_folder.File("here/overlay.png"), "--caption", "[a]", "--out", _folder.File("here")])
            .RefusesInOneLine(_folder.File("here/overlay.png"), "would be replaced");
        Ground([_folder.File("out/b/panoptic.png"), _folder.File("in/b.png"), "--caption", "[a]"])
            .RefusesInOneLine(_folder.File("out/b/panoptic.png"), "would be replaced", "--out");
        Assert.Equal(alone, File.ReadAllBytes(_folder.File("here/overlay.png")));
        Assert.Equal(among, File.ReadAllBytes(_folder.File("out/b/panoptic.png")));
        Ground([_folder.File("here/overlay.png"), "--caption", "[a]"]).Works();
        Ground([_folder.File("here/overlay.png"), "--caption", "[a]", "--out", _folder.File("here"), "--format", "png"]).Works();
        Picture("sheets/contact-sheet-2.png");
        Ground([_folder.File("sheets/contact-sheet-2.png"), _folder.File("in/b.png"), "--caption", "[a]", "--out", _folder.File("sheets")])
            .RefusesInOneLine("contact-sheet-2.png", "would be replaced");
    }

    /// <summary>To read a pipe is to wait for whoever writes into it.</summary>
    [Fact]
    public void Pipes_in_a_folder_are_left_out_and_spoken_of()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes named pipes");
        Picture("in/a.png");
        foreach (var name in (string[])["pipe", "pipe.png"])
            Programs.Run("mkfifo", _folder.File($"in/{name}")).Works();
        var run = Ground([_folder.File("in"), "--caption", "[a]"]).Works();
        Assert.Contains($"{_folder.File("in/pipe.png")} is a pipe or a device and left out", run.Error);
        Assert.True(File.Exists(_folder.File("out/phrases.json")));
    }

    [Fact]
    public void What_is_left_out_of_a_folder_is_spoken_of()
    {
        Picture("in/.hidden.png");
        Picture("in/a.png");
        _folder.Write("in/.notes", "no picture, and nobody's concern");
        Ground([_folder.File("in/a.png"), "--caption", "[a]", "--out", _folder.File("in")]).Works();
        var run = Ground([_folder.File("in"), "--caption", "[a]"]).Works();
        Assert.Equal(
            ["in/.hidden.png is hidden", "in/overlay.png is an earlier run's result", "in/panoptic.png is an earlier run's result"],
            run.Error.Split('\n')
                .Where(line => line.StartsWith("note: "))
                .Select(line => line[$"note: {_folder.Path}/".Length..].Split(" and left out")[0].Replace('\\', '/'))
        );
        Assert.True(File.Exists(_folder.File("out/phrases.json")));
        Ground([_folder.File("in/.hidden.png"), "--caption", "[a]"]).Works();
    }

    [Fact]
    public void A_folder_ends_with_a_contact_sheet_and_a_summary_and_goes_on()
    {
        foreach (var name in (string[])["in/a.png", "in/b.png", "in/c.png"])
            Picture(name);
        _folder.Write("in/d.png", "no picture");
        string[] line = [_folder.File("in"), "--caption", "[a] and [b]", "--threshold", "0", "--format", "files,coco-instances"];
        var first = Ground(line);
        Assert.Equal(2, first.Code);
        var sheet = Groundling.Picture.Load(_folder.File("out/contact-sheet.png"));
        Assert.True(sheet.Width > 3 * 300 && sheet.Height > 225);
        using (var summary = JsonDocument.Parse(File.ReadAllText(_folder.File("out/summary.json"))))
        {
            var root = summary.RootElement;
            Assert.Equal(
                (4, 3, 6, 6),
                (Number(root, "pictures"), Number(root, "grounded"), Number(root, "phrases"), Number(root, "found"))
            );
            Assert.Contains("is not a picture", root.GetProperty("results")[3].GetProperty("fault").GetString());
        }

        // Cut off after the second picture, in the middle of a line: these two stay as they are, the rest is done.
        var journal = File.ReadAllLines(_folder.File("out/journal.jsonl"));
        Assert.Equal(5, journal.Length);
        File.WriteAllText(_folder.File("out/journal.jsonl"), string.Join('\n', journal[..3]) + "\n" + journal[3][..20]);
        File.Delete(_folder.File("out/a/overlay.png"));
        Picture("in/d.png");
        var remains = Path.GetDirectoryName(
            _folder.Write("out/b/.groundling-0123456789abcdef0123456789abcdef.set/.earlier", "overlay.png")
        );
        var again = Ground([.. line, "--resume"]).Works();
        Assert.False(File.Exists(_folder.File("out/a/overlay.png")), "a was grounded again");
        Assert.False(Directory.Exists(remains), "what a removal left that failed goes though b was done");
        Assert.Contains("4 of 4 pictures grounded", again.Output);
        Assert.Contains("2 of them before", again.Output);
        using (var file = JsonDocument.Parse(File.ReadAllText(_folder.File("out/coco-instances/instances.json"))))
            Assert.Equal(
                ["a.png", "b.png", "c.png", "d.png"],
                file.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file_name").GetString())
            );

        // A picture that changed is done again; other settings are refused by name.
        _folder.Write("in/a.png", TinyModel.Gradient(44, 24).EncodePng());
        Assert.Contains("3 of them before", Ground([.. line, "--resume"]).Works().Output);
        Assert.True(File.Exists(_folder.File("out/a/overlay.png")));
        Ground([.. line, "--resume", "--head", "diffusion"]).RefusesInOneLine("--head was not given, is \"Diffusion\"");
        Ground([.. line[..^1], "coco-instances", "--resume"]).RefusesInOneLine("--format files");

        static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("in/*.png", "a", "b")]
    [InlineData("in/?.png", "a", "b")]
    [InlineData("**/[a-z].png")]
    [InlineData("**/*.png", "a", "a-2", "b")]
    [InlineData("i*/deep/*", "a")]
    public void Patterns_that_no_shell_expanded_name_pictures(string pattern, params string[] folders)
    {
        foreach (var name in (string[])["in/a.png", "in/b.png", "in/.c.png", "in/deep/a.png"])
            Picture(name);
        _folder.Write("in/deep/a.txt", "[a]");
        var run = Ground([_folder.File(pattern), "--caption", "[a]"]);
        if (folders.Length == 0)
        {
            run.RefusesInOneLine(_folder.File(pattern));
            return;
        }
        Assert.Equal(0, run.Code);
        Assert.Equal(
            folders.Length == 1 ? Whole : folders,
            folders.Length == 1 ? Names(_folder.File("out")) : Folders(_folder.File("out"))
        );
    }

    private CommandRun Ground(IEnumerable<string> arguments) =>
        CommandRun.Of([
            "ground",
            .. arguments,
            .. arguments.Contains("--out") ? (string[])[] : ["--out", _folder.File("out")],
            "--model",
            _tiny.Path,
            "--size",
            "64",
        ]);

    private void Picture(string name) => _folder.Write(name, TinyModel.Gradient(40, 24).EncodePng());

    private static List<string> Folders(string folder) => [.. Names(folder).Where(name => Directory.Exists(Path.Combine(folder, name)))];

    private static List<string> Names(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
