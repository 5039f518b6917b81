using Groundling.Core;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;

namespace Groundling.Tests.Reliability;

/// <summary>What becomes of files when the disk refuses or the process dies at one call of the system.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private static readonly string[] Reports = ["per_phrase.csv", "report.html", "report.json"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_disk_that_does_not_take_a_file_is_heard()
    {
        var disk = new FaultyDisk(_folder);
        var into = Directory.CreateDirectory(_folder.File("made")).FullName;
        foreach (var error in (int[])[FaultyDisk.InputOutput, FaultyDisk.NoSpace])
        {
            var run = disk.Run("fsync", 1, error, into, "new-model", "--preset", "tiny", "--out", Path.Combine(into, "tiny"));
            run!.RefusesInOneLine(error == FaultyDisk.NoSpace ? "No space left on device" : "Input/output error");
            Assert.Empty(Directory.GetFileSystemEntries(into));
        }
    }

    [Fact]
    public void A_set_of_files_is_replaced_all_or_none_wherever_a_renaming_fails() => FailAtEach("rename");

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("link")]
    [InlineData("fsync")]
    [InlineData("write")]
    [InlineData("mkdir")]
    public void A_set_of_files_is_replaced_all_or_none_wherever_the_disk_fails(string call) => FailAtEach(call);

    [Fact]
    public void A_set_whose_writer_died_at_a_renaming_is_finished_or_gone_at_the_next_start() => DieAtEach("rename");

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_set_whose_writer_died_is_finished_or_gone_at_the_next_start() => DieAtEach("any");

    private void FailAtEach(string call)
    {
        var disk = new FaultyDisk(_folder);
        string[] line = Evaluated(out var folder, out var whole);
        var at = 1;
        for (; ; at++)
        {
            foreach (var name in Reports)
                File.WriteAllText(Path.Combine(folder, name), "older");
            var run = disk.Run(call, at, FaultyDisk.InputOutput, folder, line);
            if (run is null)
                break;
            run.RefusesInOneLine("cannot be", "written: Input/output error");
            Assert.All(Reports, name => Assert.Equal("older", File.ReadAllText(Path.Combine(folder, name))));
            Assert.Equal(["journal.jsonl", .. Reports, "run.json"], Names(folder));
        }
        Assert.InRange(at, 2, 50);
        Assert.All(Reports, name => Assert.Equal(whole[name], File.ReadAllText(Path.Combine(folder, name))));
    }

    private void DieAtEach(string call)
    {
        var disk = new FaultyDisk(_folder);
        string[] line = Evaluated(out var folder, out var whole);
        HashSet<string> endings = [];
        for (var at = 1; ; at++)
        {
            foreach (var name in Reports)
                File.WriteAllText(Path.Combine(folder, name), "older");
            if (disk.Run(call, at, FaultyDisk.Kill, folder, line) is not { } run)
                break;
            Assert.Equal(128 + 9, run.Code);
            Staging.Clean(folder);
            endings.Add(string.Concat(Reports.Select(name => Is(name))));
            Assert.Equal(["journal.jsonl", .. Reports, "run.json"], Names(folder).Where(name => name != FolderLock.Name));
        }
        Assert.Equal(["nnn", "ooo"], endings.Order());

        char Is(string name) =>
            File.ReadAllText(Path.Combine(folder, name)) is var text && text == "older" ? 'o'
            : text == whole[name] ? 'n'
            : 'x';
    }

    [Fact]
    public void Remains_go_and_what_is_being_written_stays()
    {
        var dead = _folder.Write($".groundling-{Guid.NewGuid():N}.tmp", "half");
        var theirs = _folder.Write(".groundling-notes", "not ours");
        Directory.CreateDirectory(_folder.File($".groundling-{Guid.NewGuid():N}.tmp"));
        AtomicFile.Write(
            _folder.File("a"),
            stream =>
            {
                stream.WriteByte(1);
                Staging.Clean(_folder.Path);
                Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length); // this and what is not ours
                Assert.False(File.Exists(dead));
            }
        );
        AtomicFolder.Write(
            _folder.File("b"),
            made =>
            {
                Staging.Clean(_folder.Path);
                File.WriteAllText(Path.Combine(made, "c"), "c");
            }
        );
        Assert.Equal([theirs, _folder.File("a"), _folder.File("b")], Directory.GetFileSystemEntries(_folder.Path).Order());
        Assert.Equal("c", File.ReadAllText(_folder.File("b/c")));
    }

    [Fact]
    public void Many_take_turns_with_a_folder_and_never_two_at_once()
    {
        int inside = 0,
            most = 0,
            turns = 0;
        Parallel.For(
            0,
            8,
            _ =>
            {
                for (var i = 0; i < 200; i++)
                    if (FolderLock.TryHold(_folder.Path) is { } held)
                    {
                        most = Math.Max(most, Interlocked.Increment(ref inside));
                        Interlocked.Increment(ref turns);
                        Interlocked.Decrement(ref inside);
                        held.Dispose();
                    }
            }
        );
        Assert.Equal(1, most);
        Assert.InRange(turns, 100, 1600);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private string[] Evaluated(out string folder, out Dictionary<string, string> whole)
    {
        folder = _folder.File("e");
        string[] line = ["evaluate", EvaluationData.ByHand(_folder), "--baseline", "random", "--out", folder, "--quiet", "--resume"];
        CommandRun.Of(line).Works();
        var place = folder;
        whole = Reports.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(place, name)));
        return line;
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
