using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data.Benchmark;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling data, and data check: what a benchmark folder holds, and what is wrong with it.</summary>
internal static class DataCommand
{
    private sealed record Spread(float Least, float Median, double Mean, float Most);

    private sealed record Fault(string Kind, int Count, string What, IReadOnlyList<string> Examples);

    private sealed record Result(
        string Data,
        string Split,
        int Narratives,
        int Images,
        int Usable,
        int PicturesDecoded,
        bool Indexed,
        double OpenSeconds,
        double CheckSeconds,
        string? Note,
        int Phrases,
        int Things,
        int Stuff,
        int Singulars,
        int Plurals,
        int PluralFlags,
        IReadOnlyDictionary<string, Spread> Spreads,
        IReadOnlyDictionary<string, int> Categories,
        IReadOnlyList<Fault> Faults,
        IReadOnlyList<string> Plots
    );

    public static Command Create(CancellationToken stop) =>
        new("data", "Begin a benchmark folder, edit, check or export it.")
        {
            Check(stop),
            DataNewCommand.Create(stop),
            DataEditCommand.Create(stop),
            DataExportCommand.Create(stop),
        };

    private static Command Check(CancellationToken stop)
    {
        var data = EvaluationCommon.Data();
        var split = new Option<string>("--split")
        {
            Description = "train, val, or compositional for generated scenes",
            HelpName = "NAME",
            DefaultValueFactory = _ => "val",
        };
        var annotationsOnly = new Option<bool>("--annotations-only") { Description = "Leave pictures and panoptic PNG files alone" };
        var plots = new Option<string?>("--plots") { Description = "A folder for plots of the statistics, as PNG files", HelpName = "DIR" };
        var (json, quiet) = (CommonOptions.Json(), CommonOptions.Quiet());
        var command = new Command("check", "Read everything, and list faults and statistics. Ends with 2 only where nothing can be used.")
        {
            data,
            split,
            annotationsOnly,
            plots,
            json,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var watch = Stopwatch.StartNew();
            var benchmark = PngBenchmark.Open(parsed.GetValue(data)!, parsed.GetValue(split)!, parsed.GetValue(annotationsOnly));
            var opened = watch.Elapsed.TotalSeconds;
            if (benchmark.Note is { } note)
                error.WriteLine($"note: {note}");
            BenchmarkReport? report = null;
            Terminal.WithProgress(
                error,
                parsed.GetValue(quiet) || parsed.GetValue(annotationsOnly),
                "checking pictures",
                1,
                progress =>
                    report = BenchmarkCheck.Run(
                        benchmark,
                        parsed.GetValue(annotationsOnly),
                        (done, all) => progress((double)done / all),
                        stop
                    )
            );
            var checking = watch.Elapsed.TotalSeconds - opened;
            var files = parsed.GetValue(plots) is { } folder ? DataPlots.Write(folder, report!.Statistics) : [];
            var result = Summary(parsed.GetValue(data)!, benchmark, report!, opened, checking, files);
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(result, SnakeCaseJson.Indented));
            else
                Print(result, output, parsed.GetValue(quiet));
            if (report!.Usable > 0)
                return 0;
            error.WriteLine(
                $"error: {parsed.GetValue(data)}, split {benchmark.Split}: none of {benchmark.Narratives} narratives can be used, for the reasons above; get the whole benchmark"
            );
            return CommandLine.UserError;
        });
        return command;
    }

    private static Result Summary(
        string data,
        PngBenchmark benchmark,
        BenchmarkReport report,
        double opened,
        double checking,
        IReadOnlyList<string> plots
    )
    {
        var s = report.Statistics;
        static Spread Of(Distribution d) => new(d.Least, d.Median, d.Mean, d.Most);
        var spreads = new Dictionary<string, Spread>
        {
            ["words a caption"] = Of(s.CaptionWords),
            ["phrases a caption"] = Of(s.PhrasesPerCaption),
            ["words a phrase"] = Of(s.PhraseWords),
            ["segments a phrase"] = Of(s.SegmentsPerPhrase),
            ["mask, share of picture"] = Of(s.MaskShares),
            ["longer side, pixels"] = Of(s.LongerSides),
            ["void, share of picture"] = Of(s.VoidShares),
        };
        var faults = report.Faults.Kinds.Select(kind => new Fault(
            kind.ToString(),
            report.Faults[kind],
            report.Faults.Describe(kind),
            report.Faults.ExamplesOf(kind)
        ));
        return new(
            data,
            benchmark.Split,
            benchmark.Narratives,
            benchmark.Images,
            report.Usable,
            report.Pictures,
            benchmark.WasIndexed,
            opened,
            checking,
            benchmark.Note,
            s.Phrases,
            s.Things,
            s.Stuff,
            s.Singulars,
            s.Plurals,
            s.PluralFlags,
            spreads,
            s.Categories.ToDictionary(c => c.Key, c => c.Value),
            [.. faults],
            plots
        );
    }

    private static void Print(Result result, TextWriter output, bool quiet)
    {
        if (!quiet)
        {
            output.WriteLine(
                $"{result.Data}, split {result.Split}: {result.Narratives:N0} narratives, {result.Usable:N0} usable; {result.Images:N0} annotated images, {result.PicturesDecoded:N0} pictures decoded"
            );
            output.WriteLine(
                $"annotations {(result.Indexed ? "read and indexed" : "taken from their index")} in {result.OpenSeconds:F2} s, checked in {result.CheckSeconds:F2} s"
            );
            output.WriteLine(
                $"{result.Phrases:N0} phrases: {result.Things:N0} things, {result.Stuff:N0} stuff; {result.Singulars:N0} singular, {result.Plurals:N0} plural ({result.PluralFlags:N0} with the plural flag)"
            );
            var table = Terminal.Table(flexible: 0, "", "least", "median", "mean", "most");
            foreach (var (name, spread) in result.Spreads)
                table.AddRow(name, Number(spread.Least), Number(spread.Median), Number(spread.Mean), Number(spread.Most));
            Terminal.On(output).Write(table);
            output.WriteLine($"most frequent: {string.Join(", ", result.Categories.Take(8).Select(c => $"{c.Key} {c.Value:N0}"))}");
            foreach (var plot in result.Plots)
                output.WriteLine(plot);
            if (result.Faults.Count == 0)
                output.WriteLine("no faults");
        }
        foreach (var fault in result.Faults)
        {
            output.WriteLine($"fault: {fault.What}");
            foreach (var example in fault.Examples)
                output.WriteLine($"  {example}");
        }
    }

    private static string Number(double value) =>
        value == Math.Floor(value) ? $"{value:N0}"
        : value < 1 ? $"{value:F4}"
        : $"{value:F1}";
}
