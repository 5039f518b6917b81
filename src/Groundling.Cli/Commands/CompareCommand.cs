using System.CommandLine;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling compare: whether one method is better than another, and where.</summary>
internal static class CompareCommand
{
    private const int RowsShown = 10;

    public static Command Create(CancellationToken stop)
    {
        var reports = new Argument<string[]>("REPORT")
        {
            Description =
                "Folders that evaluate or score wrote; the others are held against the first. A,B,C are several seeds of one method; NAME=A,B,C gives it a name",
            Arity = ArgumentArity.OneOrMore,
        };
        var data = new Option<string?>("--data")
        {
            Description = "The benchmark's folder, for the page's pictures; if not given, where the first report says that it was",
            HelpName = "DIR",
        };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "Folder for comparison.html and comparison.json; none are written if not given",
            HelpName = "DIR",
        };
        var resamples = new Option<int>("--resamples")
        {
            Description = "How often pictures are drawn for the intervals",
            HelpName = "N",
            DefaultValueFactory = _ => Comparison.UsualResamples,
        };
        var (quiet, json) = (CommonOptions.Quiet(), CommonOptions.Json());
        json.Description = "Print comparison.json instead of tables";
        var command = new Command("compare", "Hold evaluations against each other: differences with 95 % intervals.")
        {
            reports,
            data,
            output,
            resamples,
            quiet,
            json,
        };
        command.SetAction(parsed =>
        {
            var methods = ComparedMethod.ReadAll(parsed.GetValue(reports)!);
            var comparison = Comparison.Of(methods, parsed.GetValue(resamples));
            stop.ThrowIfCancellationRequested();
            var (results, messages) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(output) is { } folder)
            {
                var benchmark = Benchmark(methods[0].Runs[0].Report, parsed.GetValue(data), messages);
                ComparisonFolder.Write(folder, comparison, methods, benchmark, stop);
            }
            if (parsed.GetValue(json))
                results.Write(comparison.ToJson());
            else if (!parsed.GetValue(quiet))
            {
                Print(comparison, results);
                if (parsed.GetValue(output) is { } written)
                    results.WriteLine($"{Path.Combine(written, ComparisonFolder.Html)}, comparison.json");
            }
        });
        return command;
    }

    /// <summary>The data that were judged; null where they are no longer where the report says.</summary>
    private static PngBenchmark? Benchmark(EvaluationReport report, string? named, TextWriter messages)
    {
        var folder = named ?? report.Run?.Data;
        if (folder is null || (named is null && !Directory.Exists(folder)))
        {
            messages.WriteLine(
                $"warning: the page has no pictures: the data are not {(folder is null ? "named in the report" : $"in {folder} any more")}; give --data"
            );
            return null;
        }
        var benchmark = PngBenchmark.Open(folder, report.Settings.Split);
        var mark = ContentMark.OfBenchmark(folder, benchmark);
        if (mark.Content == report.Settings.Data.Content)
            return benchmark;
        if (named is not null)
            throw new InputException(
                $"--data {named} is not what was judged: {mark.Content}, the reports have {report.Settings.Data.Content}"
            );
        messages.WriteLine($"warning: the page has no pictures: the data in {folder} have changed since; give --data");
        return null;
    }

    private static void Print(Comparison comparison, TextWriter output)
    {
        foreach (var (i, method) in comparison.Methods.Index())
            output.WriteLine($"{Letter(i)}  {method.Name}{(method.Folders.Count > 1 ? $" ({method.Folders.Count} seeds)" : "")}");
        var settings = comparison.Methods[0].Settings[0];
        output.WriteLine(
            $"{settings.Data.Name}, split {settings.Split}, protocol {settings.Protocol}, groups {settings.Groups}: {comparison.Counts.Phrases} phrases, {comparison.Counts.Pictures} pictures"
        );
        for (int i = 0; i < comparison.Changes.Count; i++)
        {
            Write(output, comparison, i, "", [.. comparison.Groups, .. comparison.Sizes.Select(s => s with { Name = $"size {s.Name}" })]);
            Write(output, comparison, i, "category", Clear(comparison.Categories, i));
            Write(output, comparison, i, "noun", Clear(comparison.Nouns, i));
            Changes(output, comparison.Changes[i]);
        }
    }

    /// <summary>The sets whose interval excludes 0, those that differ most first.</summary>
    private static List<ComparedSet> Clear(IReadOnlyList<ComparedSet> sets, int method) =>
        [.. sets.Where(s => s.Differences[method].IsClear).OrderByDescending(s => Math.Abs(s.Differences[method].Value)).Take(RowsShown)];

    private static void Write(TextWriter output, Comparison comparison, int method, string what, IReadOnlyList<ComparedSet> sets)
    {
        if (sets.Count == 0)
            return;
        var (first, other) = (Letter(0), Letter(method + 1));
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns(what.Length == 0 ? "AR x 100" : what, "phrases", first, other, $"{other} - {first}", "95 %");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (var set in sets)
        {
            var difference = set.Differences[method];
            table.AddRow(
                Terminal.Text(set.Name),
                $"{set.Phrases}",
                Figure(set.Methods[0]),
                Figure(set.Methods[method + 1]),
                Points(difference.Value) + (difference.IsClear ? "*" : " "),
                difference.Interval is { } interval ? $"{Points(interval.Low)} {Points(interval.High)}" : "-"
            );
        }
        Terminal.On(output).Write(table);
    }

    private static void Changes(TextWriter output, PhraseChanges changes)
    {
        foreach (var (what, most) in ((string, IReadOnlyList<PhraseChange>)[])[("won", changes.Won), ("lost", changes.Lost)])
        foreach (var change in most)
            output.WriteLine(
                $"{what, -4} {change.Before:F2} -> {change.After:F2}  image {change.ImageId}, narrative {change.Narrative}: {change.Text}"
            );
    }

    private static string Letter(int method) => method < 26 ? $"{(char)('A' + method)}" : $"#{method + 1}";

    private static string Figure(MethodFigure figure) =>
        $"{100 * figure.AverageRecall:F1}{(figure.Spread is { } spread ? $" ±{100 * spread:F1}" : "")}";

    private static string Points(double difference) => $"{100 * difference:+0.0;-0.0;0.0}";
}
