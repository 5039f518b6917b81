using System.Diagnostics;
using Groundling.Cli;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;

namespace Groundling.Tests.Reliability;

/// <summary>Faults that nobody foresaw end in one line, and those that were foreseen never get so far.</summary>
public sealed class OutermostNetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_fault_of_the_program_is_one_line_with_a_mark_and_a_report()
    {
        using var error = new StringWriter();
        using var output = new Broken();
        Assert.Equal(70, CommandLine.Run(["phrases", "a dog\u001b[2J"], output, error));
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: a fault of groundling itself, ", line);
        Assert.Contains("(InvalidTimeZoneException)", line);
        var start = line.IndexOf("report it with ", StringComparison.Ordinal) + "report it with ".Length;
        var file = line[start..line.IndexOf(".txt", StringComparison.Ordinal)] + ".txt";
        var report = File.ReadAllText(file);
        File.Delete(file);
        Assert.Contains("nobody foresaw this", report);
        Assert.Contains("groundling 'phrases' 'a dog [2J'", report);
        Assert.Contains("   at ", report);
        Assert.DoesNotContain('\u001b', report);
    }

    [Theory]
    [InlineData("\"image_id\":\"\u00ff\"")] // as a byte that is not UTF-8
    [InlineData("\"image_id\":123456789012345678901234567890")]
    [InlineData("\"image_id\":\"123456789012345678901234567890\"")]
    [InlineData("\"image_id\":1e300")]
    [InlineData("\"\u00ff\":1,\"image_id\":\"\u00ff\"")]
    public void Ids_that_are_none_are_caught_where_they_are_read(string id)
    {
        var data = EvaluationData.ByHand(_folder);
        var file = Path.Combine(data, "annotations", "png_coco_val2017.json");
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
        var at = text.IndexOf("\"image_id\"", StringComparison.Ordinal);
        var end = text.IndexOf(',', at);
        File.WriteAllBytes(file, System.Text.Encoding.Latin1.GetBytes(text[..at] + id + text[end..]));
        var check = CommandRun.Of("data", "check", data, "--split", "val").Works(); // it counts what cannot be used
        Assert.DoesNotContain("a fault of groundling itself", check.Output + check.Error);
        CommandRun.Of("evaluate", data, "--baseline", "random", "--out", _folder.File("e"), "--quiet").Works();
    }

    [Fact]
    public void A_key_that_stands_twice_is_caught_where_it_is_read()
    {
        var config = _folder.Write("config.json", "{ \"train\": { \"steps\": 6, \"steps\": 7 } }");
        CommandRun.Of("train", config, "--data", _folder.Path, "--out", _folder.File("run")).RefusesInOneLine("config.json", "steps");
        CommandRun
            .Of("train", config, "--data", _folder.Path, "--out", _folder.File("run"), "--set", "train.size=64")
            .RefusesInOneLine("config.json", "steps");
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void A_line_that_stands_twice_in_a_journal_is_caught_where_it_is_read()
    {
        string[] line =
        [
            "evaluate",
            EvaluationData.ByHand(_folder),
            "--baseline",
            "random",
            "--out",
            _folder.File("e"),
            "--quiet",
            "--resume",
        ];
        CommandRun.Of(line).Works();
        var journal = _folder.File("e/journal.jsonl");
        File.AppendAllLines(journal, [File.ReadLines(journal).Last()]);
        CommandRun.Of(line).RefusesInOneLine("journal.jsonl: lines 2 and 3 are both of narrative");
    }

    [Fact]
    public void One_evaluation_writes_a_folder_and_the_other_is_told()
    {
        Directory.CreateDirectory(_folder.File("e"));
        using var held = Groundling.Core.FolderLock.TryHold(_folder.File("e"));
        CommandRun
            .Of("evaluate", EvaluationData.ByHand(_folder), "--baseline", "random", "--out", _folder.File("e"), "--quiet", "--resume")
            .RefusesInOneLine("is in use: another evaluation is writing journal.jsonl", "--out");
    }

    [Fact]
    public void Control_characters_never_reach_a_terminal()
    {
        using var shown = new StringWriter();
        var terminal = TerminalWriter.Of(shown, isRedirected: false);
        terminal.WriteLine("a\u001b[2Jb\u0007\u009bc\td");
        terminal.Write('\u001b');
        terminal.Write("\u007f".ToCharArray());
        Assert.Equal($"a\uFFFD[2Jb\uFFFD\uFFFDc\td{Environment.NewLine}\uFFFD\uFFFD", shown.ToString());
        Assert.Same(shown, TerminalWriter.Of(shown, isRedirected: true));
        Assert.Equal("a [[2J", Terminal.Text("a\u001b[2J"));
    }

    [Fact]
    public async Task Captions_from_a_pipe_end_with_a_signal_and_are_none_where_there_is_no_input()
    {
        Signal.SkipUnlessThere();
        var program = GroundlingProgram.Place;
        using var idle = Process.Start(
            new ProcessStartInfo(program, ["phrases", "--file", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true }
        )!;
        await idle.StandardInput.WriteLineAsync("a dog");
        await idle.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("[a dog]", await idle.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signal.TerminateProcess(idle.Id);
        Assert.True(idle.WaitForExit(TimeSpan.FromSeconds(20)), "is deaf to SIGTERM");
        Assert.Equal(130, idle.ExitCode);

        using var closed = Process.Start(
            new ProcessStartInfo("sh", ["-c", "exec \"$0\" phrases --file - <&-", program]) { RedirectStandardError = true }
        )!;
        var error = closed.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(closed.WaitForExit(TimeSpan.FromSeconds(20)), "waits for an input that is closed");
        Assert.Equal(2, closed.ExitCode);
        Assert.Contains("standard input is closed", await error);
    }

    /// <summary>An output that breaks in a way that no command foresees.</summary>
    private sealed class Broken : StringWriter
    {
        public override void Write(char value) => throw new InvalidTimeZoneException("nobody foresaw this");

        public override void Write(string? value) => throw new InvalidTimeZoneException("nobody foresaw this");

        public override void Write(char[] buffer, int index, int count) => throw new InvalidTimeZoneException("nobody foresaw this");
    }
}
