using System.CommandLine;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>What the commands evaluate and score have in common.</summary>
internal static class EvaluationCommon
{
    /// <summary>The network size of baselines and foreign predictions: that of Stable Diffusion 1.x.</summary>
    public const int UsualSize = 512;

    public static Argument<string> Data() => new("DATA") { Description = "The benchmark's folder, with \"annotations\" and \"images\"" };

    public static Option<string> Split() =>
        new("--split")
        {
            Description = "Which part of the data: train, val, ...",
            HelpName = "NAME",
            DefaultValueFactory = _ => "val",
        };

    public static Option<string> Protocol() =>
        new("--protocol")
        {
            Description =
                $"At which resolution masks are judged: {string.Join("; ", ResolutionProtocol.All.Select(p => $"{p.Name}: {p.Description}"))}",
            HelpName = string.Join('|', ResolutionProtocol.All.Select(p => p.Name)),
            DefaultValueFactory = _ => ResolutionProtocol.Original.Name,
        };

    public static Option<string> Groups() =>
        new("--groups")
        {
            Description = $"Who belongs to which group: {string.Join("; ", GroupRule.All.Select(r => $"{r.Name}: {r.Description}"))}",
            HelpName = string.Join('|', GroupRule.All.Select(r => r.Name)),
            DefaultValueFactory = _ => GroupRule.Png.Name,
        };

    public static Option<int?> Limit() => new("--limit") { Description = "Judge only the first N narratives", HelpName = "N" };

    public static void RequireLimit(int? limit)
    {
        if (limit is < 1)
            throw new InputException($"--limit {limit} is out of range: 1 or more");
    }

    public static int RequireSize(int? size) =>
        new GroundingOptions { Size = size ?? UsualSize }
            .Validated()
            .Size!.Value;

    /// <summary>Counts what there is to judge, and what is wrong with it, before the work begins.</summary>
    public static (int Count, BenchmarkFaults Faults) Survey(
        Evaluator evaluator,
        PngBenchmark benchmark,
        int? limit,
        CancellationToken cancellation
    )
    {
        var faults = new BenchmarkFaults();
        int count = 0;
        foreach (var _ in evaluator.Cases(faults, limit))
        {
            cancellation.ThrowIfCancellationRequested();
            count++;
        }
        return count > 0
            ? (count, faults)
            : throw new InputException(
                $"{benchmark.NarrativesPath} holds no phrase with ground truth to judge: {string.Join("; ", faults.Describe().DefaultIfEmpty("the file is empty"))}"
            );
    }

    public static void Print(EvaluationReport report, TextWriter output, TextWriter messages, bool quiet, bool json)
    {
        foreach (var fault in report.Faults)
            messages.WriteLine($"warning: {fault}");
        if (report.Counts.Missing > 0)
            messages.WriteLine(
                $"warning: {report.Counts.Missing} of {report.Counts.Phrases} phrases have no prediction and count as empty masks"
            );
        if (json)
        {
            output.Write(report.ToJson());
            return;
        }
        if (quiet)
            return;
        var groups = Enum.GetValues<PhraseGroup>();
        var table = Terminal.Table(flexible: 0, ["%", .. groups.Select(g => g.ToString().ToLowerInvariant())]);
        foreach (
            var (name, figures) in ((string, GroupFigures)[])
                [("average recall", report.AverageRecall), ("IoU > 0.5", report.ShareAboveHalf), ("mean IoU", report.MeanIou)]
        )
            table.AddRow([name, .. groups.Select(g => figures[g] is { } f ? $"{100 * f:F1}" : "-")]);
        var counts = report.Counts;
        table.AddRow("phrases", $"{counts.Phrases}", $"{counts.Things}", $"{counts.Stuff}", $"{counts.Singulars}", $"{counts.Plurals}");
        Terminal.On(output).Write(table);
        if (report.SameNoun is { Share: { } share } pairs)
            output.WriteLine($"two things of one name told apart: {100 * share:F1} % of {pairs.Pairs} pairs");
        if (report.Absent is { } absent)
            Terminal.On(output).Write(NotThere(absent));
        foreach (var words in report.Words ?? [])
            output.WriteLine(
                words.Right is { } right
                    ? $"{words.Kind} known: {100 * right:F0} % of {words.Questions} questions, each with {words.Choices} answers"
                    : $"{words.Kind} known: there is no picture of one thing to ask about"
            );
        foreach (var attention in report.Attention ?? [])
            Terminal.On(output).Write(Ranking(attention));
    }

    private static Table NotThere(AbsentFigures absent)
    {
        var table = Terminal.Table(flexible: 0, [$"not there, by {absent.Measure}", "phrases", "AUC", "empty at 95 %", "empty"]);
        foreach (var (name, kind) in ((string, AbsentKind)[])[("another noun", absent.Nouns), ("another colour", absent.Colours)])
            table.AddRow([name, $"{kind.Phrases}", Share(kind.Area, 1), Share(kind.EmptyAt95, 100), Share(kind.Empty, 100)]);
        table.Caption($"95 % of {absent.Present} phrases that are there reach {absent.Kept95:F3}");
        return table;

        static string Share(double? value, double times) =>
            value is not { } known ? "-"
            : times == 1 ? $"{known:F3}"
            : $"{times * known:F1}";
    }

    private static Table Ranking(AttentionFigures attention)
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .Title($"attention at time {attention.Time}, {attention.Narratives} narratives: area under the ROC curve")
            .AddColumns("block", "stride", "things", "stuff", "things, shared", "stuff, shared");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (var block in attention.Blocks)
            table.AddRow([
                block.Block.Replace(".transformer_blocks.0", "", StringComparison.Ordinal),
                $"{block.Stride}",
                .. ((double?[])[block.Things, block.Stuff, block.SharedThings, block.SharedStuff]).Select(area =>
                    area is { } value ? $"{value:F2}" : "-"
                ),
            ]);
        return table;
    }
}
