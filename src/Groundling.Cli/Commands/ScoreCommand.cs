using System.CommandLine;
using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Modeling;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling score: the figures of anybody's predictions.</summary>
internal static class ScoreCommand
{
    private const int FaultsShown = 20;
    private const string Method = "predictions of ";

    public static Command Create(CancellationToken stop)
    {
        var file = new Argument<string>("PREDICTIONS")
        {
            Description =
                "Masks, a line of JSON each: {\"image_id\": \"142238\", \"narrative\": 0, \"phrase\": 3, \"segmentation\": {\"size\": [h, w], \"counts\": \"...\"}}",
        };
        var (data, split, protocol, groups) = (
            EvaluationCommon.Data(),
            EvaluationCommon.Split(),
            EvaluationCommon.Protocol(),
            EvaluationCommon.Groups()
        );
        var (size, quiet, json, limit) = (CommonOptions.Size(), CommonOptions.Quiet(), CommonOptions.Json(), EvaluationCommon.Limit());
        size.Description = "For the ppmn protocol: the network's longer side in pixels; 0 keeps the picture's own; 512 if not given";
        var output = new Option<string?>("--out", "-o")
        {
            Description = "Folder for report.html, report.json, per_phrase.csv, journal.jsonl and run.json; none are written if not given",
            HelpName = "DIR",
        };
        var command = new Command("score", "Measure a file of predictions on the benchmark.")
        {
            file,
            data,
            split,
            protocol,
            groups,
            size,
            limit,
            output,
            quiet,
            json,
        };
        command.SetAction(parsed =>
        {
            var rules = ResolutionProtocol.Named(parsed.GetValue(protocol)!);
            var grouping = GroupRule.Named(parsed.GetValue(groups)!);
            var side = EvaluationCommon.RequireSize(parsed.GetValue(size));
            EvaluationCommon.RequireLimit(parsed.GetValue(limit));
            var benchmark = PngBenchmark.Open(parsed.GetValue(data)!, parsed.GetValue(split)!);
            var settings = new EvaluationSettings(
                $"{Method}{Path.GetFileName(parsed.GetValue(file)!)}",
                null,
                null,
                ContentMark.OfBenchmark(parsed.GetValue(data)!, benchmark),
                benchmark.Split,
                rules.Name,
                grouping.Name,
                side,
                new GroundingConfig().Threshold,
                parsed.GetValue(limit)
            );
            return Run(
                parsed.GetValue(file)!,
                parsed.GetValue(data)!,
                benchmark,
                rules,
                settings,
                parsed.GetValue(output),
                parsed.GetValue(quiet),
                parsed.GetValue(json),
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                stop
            );
        });
        return command;
    }

    private static int Run(
        string file,
        string data,
        PngBenchmark benchmark,
        ResolutionProtocol protocol,
        EvaluationSettings settings,
        string? folder,
        bool quiet,
        bool json,
        TextWriter results,
        TextWriter messages,
        CancellationToken cancellation
    )
    {
        if (folder is not null)
            RequireOwn(folder);
        var predictions = PredictionFile.Read(file, benchmark);
        if (predictions.Faults.Count > 0)
            return Refuse(predictions, messages);
        var evaluator = new Evaluator(benchmark, protocol);
        var (count, faults) = EvaluationCommon.Survey(evaluator, benchmark, settings.Limit, cancellation);
        var narratives = new List<NarrativeResult>();
        Terminal.WithProgress(
            messages,
            quiet,
            "scoring",
            count,
            progress =>
            {
                foreach (var given in evaluator.Cases(new BenchmarkFaults(), settings.Limit))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var letterbox = Evaluator.LetterboxOf(given, settings.Size);
                    narratives.Add(evaluator.Judge(given, letterbox, predictions.MasksOf(given, letterbox, protocol)));
                    progress(narratives.Count);
                }
            }
        );
        if (predictions.Faults.Count > 0)
            return Refuse(predictions, messages);
        var report = EvaluationReport.From(settings, narratives, faults, benchmark.Categories);
        if (folder is not null)
        {
            EvaluationJournal.Write(Path.Combine(folder, EvaluationJournal.FileName), settings, narratives);
            report = report with { Run = EvaluationRun.Now(data, null, null, get_num_threads()).Record(folder, goesOn: false) };
            ReportFolder.Write(folder, report, narratives, narratives, benchmark, cancellation);
        }
        var judged = report.Counts.Phrases - report.Counts.Missing;
        if (predictions.Count > judged)
            messages.WriteLine($"warning: {predictions.Count - judged} predictions are for phrases that are not judged (left out)");
        EvaluationCommon.Print(report, results, messages, quiet, json);
        return 0;
    }

    /// <summary>What took seconds may be replaced; what a model took hours for may not.</summary>
    private static void RequireOwn(string folder)
    {
        var journal = Path.Combine(folder, EvaluationJournal.FileName);
        if (
            File.Exists(journal)
            && EvaluationJournal.ReadSettings(journal).Method is var method
            && !method.StartsWith(Method, StringComparison.Ordinal)
        )
            throw new InputException($"{journal} holds the results of another method ({method}); name another folder").About("out");
    }

    private static int Refuse(PredictionFile predictions, TextWriter messages)
    {
        foreach (var fault in predictions.Faults.Take(FaultsShown))
            messages.WriteLine($"error: {fault}");
        if (predictions.Faults.Count > FaultsShown)
            messages.WriteLine($"error: {predictions.Path}: {predictions.Faults.Count - FaultsShown} more lines are at fault");
        return CommandLine.UserError;
    }
}
