using System.Diagnostics;
using Groundling.Training;
using Spectre.Console;

namespace Groundling.Cli;

/// <summary>How a run goes: a live bar on a terminal, a plain line from time to time elsewhere.</summary>
internal sealed class TrainingDisplay : ITrainingObserver
{
    private const int Wide = 160; // columns that a bar and a whole line need
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);
    private readonly TextWriter _messages;
    private readonly ProgressTask? _bar;
    private readonly Action? _refresh;
    private readonly Stopwatch _watch = new(),
        _sinceLine = new();
    private long _begun,
        _steps;
    private string _score = "";

    private TrainingDisplay(TextWriter messages, ProgressTask? bar, Action? refresh) =>
        (_messages, _bar, _refresh) = (messages, bar, refresh);

    /// <summary>
    /// Does the work of a run while showing it, all on the calling thread: one that draws beside it would collect garbage in the middle of
    /// libtorch's work.
    /// </summary>
    public static TrainingOutcome Show(TextWriter messages, bool quiet, Func<ITrainingObserver?, TrainingOutcome> run)
    {
        if (quiet)
            return run(null);
        var console = Terminal.On(messages);
        if (!console.Profile.Capabilities.Interactive)
            return run(new TrainingDisplay(messages, null, null));
        return console
            .Progress()
            .AutoRefresh(false)
            .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => run(new TrainingDisplay(messages, context.AddTask("beginning"), context.Refresh)));
    }

    /// <summary>Says how a run ended, and how to go on with one that was stopped.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(TrainingOutcome outcome, string folder, TextWriter results, TextWriter messages, bool quiet)
    {
        if (outcome.Stopped)
        {
            messages.WriteLine($"stopped after step {outcome.Step}; go on with the same command and --resume");
            return CommandLine.Cancelled;
        }
        if (quiet)
            return 0;
        var best = outcome.Best is { } score
            ? $"; best score {score:F4} after step {outcome.BestStep}: {Path.Combine(folder, "checkpoints", "best")}"
            : "";
        results.WriteLine($"{folder}: {outcome.Step} steps{(outcome.OutOfPatience ? ", the score no longer grew" : "")}{best}");
        return 0;
    }

    public void Begun(long done, long steps)
    {
        (_begun, _steps) = (done, steps);
        _watch.Restart();
        if (_bar is not null)
            _bar.MaxValue = steps;
        else if (done > 0)
            _messages.WriteLine($"goes on after step {done} of {steps}");
    }

    public void Stepped(StepRecord record)
    {
        if (_bar is not null)
        {
            _bar.Value = record.Step;
            _bar.Description = Terminal.Text(Terminal.WidthOf(_messages) < Wide ? ShortLine(record) : Line(record));
            _refresh!();
            return;
        }
        if (_sinceLine.IsRunning && _sinceLine.Elapsed < BetweenLines && record.Step < _steps)
            return;
        _messages.WriteLine(Line(record));
        _sinceLine.Restart();
    }

    public void Validated(long step, Validation validation, bool isBest)
    {
        _score = $"  score {validation.Score:F4}{(isBest ? " (best)" : "")}";
        if (_bar is null)
            _messages.WriteLine(
                $"step {step}: {string.Join("  ", validation.Scores.Select(score => $"{score.Name} {score.Value:F4}"))}{(isBest ? "  (best)" : "")}"
            );
    }

    /// <summary>What fits a narrow terminal in one line, beside the bar.</summary>
    private string ShortLine(StepRecord record) => $"{record.Step}/{_steps}  loss {record.Losses.Total:G4}  {Left(record)}";

    private string Left(StepRecord record)
    {
        var left = _watch.Elapsed / Math.Max(record.Step - _begun, 1) * (_steps - record.Step);
        return $"{(int)left.TotalHours}:{left:mm\\:ss} left";
    }

    private string Line(StepRecord record)
    {
        var parts = string.Join(" ", record.Losses.Parts.Select(part => $"{part.Name} {part.Value:G3}"));
        return $"step {record.Step}/{_steps}  loss {record.Losses.Total:G5} ({parts}){_score}  {record.ImagesPerSecond:F2} images/s  {record.ResidentBytes / 1e6:F0} MB  {Left(record)}";
    }
}
