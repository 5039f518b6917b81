using System.CommandLine;
using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Modeling;
using Groundling.Torch;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling evaluate: a model's or a baseline's figures on the benchmark.</summary>
internal static class EvaluateCommand
{
    private static readonly string[] Baselines = ["whole-image", "random", "oracle", "oracle-h8"];

    private sealed record Request(
        string Data,
        string Split,
        ModelChoice? Model,
        DeviceChoice Device,
        string? Baseline,
        ResolutionProtocol Protocol,
        GroupRule Groups,
        int? Size,
        double? Threshold,
        MaskHead? Head,
        bool Bare,
        bool Absent,
        bool Words,
        int? Limit,
        string Output,
        string? Predictions,
        bool Resume,
        bool Quiet,
        bool Json
    );

    public static Command Create(ICollective processes, CancellationToken stop)
    {
        var (data, split, protocol, groups) = (
            EvaluationCommon.Data(),
            EvaluationCommon.Split(),
            EvaluationCommon.Protocol(),
            EvaluationCommon.Groups()
        );
        var (model, size, threads, quiet, json, limit) = (
            new ModelOptions(),
            CommonOptions.Size(),
            CommonOptions.Threads(),
            CommonOptions.Quiet(),
            CommonOptions.Json(),
            EvaluationCommon.Limit()
        );
        size.Description =
            "The network's longer side in pixels; 0 keeps the picture's own; if not given the model's own, 512 for baselines";
        json.Description = "Print report.json instead of a table";
        var baseline = new Option<string?>("--baseline")
        {
            Description =
                "Instead of a model: the whole image; a random rectangle (seeded); the ground truth at the decoder's mask resolution (oracle: a quarter of the network's size) or the attention's (oracle-h8: an eighth)",
            HelpName = string.Join('|', Baselines),
        };
        var (threshold, head, device, refine) = (CommonOptions.Threshold(), CommonOptions.Head(), new DeviceOptions(), new RefineOptions());
        var bare = new Option<bool>("--bare")
        {
            Description = "Give every phrase as a caption of its own, as people first try it: it must be found without the others' help",
        };
        var absent = new Option<bool>("--absent")
        {
            Description = "Ask for what is not there, too: each caption again with another noun, and with another colour, in one phrase",
        };
        var words = new Option<bool>("--words")
        {
            Description =
                "Ask the frozen model which noun and which colour makes the noise in a picture of one thing easiest to find (the diffusion classifier): does it know the words at all?",
        };
        var output = new Option<string>("--out", "-o")
        {
            Description = "Folder for report.html, report.json, per_phrase.csv, journal.jsonl and run.json",
            HelpName = "DIR",
            DefaultValueFactory = _ => "evaluation",
        };
        var predictions = new Option<string?>("--predictions")
        {
            Description = "Also write the masks, as groundling score reads them",
            HelpName = "FILE",
        };
        var resume = new Option<bool>("--resume") { Description = "Go on where an interrupted run of the same settings stopped" };
        var command = new Command("evaluate", "Measure a model, or a baseline, on the benchmark.")
        {
            data,
            split,
            model.Frozen,
            model.Trained,
            model.Untrained,
            model.Yes,
            model.NoCache,
            model.ColourWalks,
            baseline,
            protocol,
            groups,
            size,
            threshold,
            head,
            refine.Refine,
            refine.Settings,
            bare,
            absent,
            words,
            device.Name,
            device.Kind,
            threads,
            limit,
            output,
            predictions,
            resume,
            quiet,
            json,
        };
        command.SetAction(parsed =>
        {
            if (
                (parsed.GetValue(refine.Refine) || parsed.GetValue(refine.Settings) is { Length: > 0 })
                && parsed.GetValue(baseline) is not null
            )
                throw new InputException("--refine reads a model's attention; a baseline has none: leave it out");
            var chosenHead = refine.Over(CommonOptions.ReadHead(parsed.GetValue(head)), parsed);
            var request = new Request(
                parsed.GetValue(data)!,
                parsed.GetValue(split)!,
                parsed.GetValue(baseline) is null || model.AreGiven(parsed)
                    ? refine.Over(model.Read(parsed, stop), chosenHead, parsed)
                    : null,
                device.Read(parsed),
                parsed.GetValue(baseline),
                ResolutionProtocol.Named(parsed.GetValue(protocol)!),
                GroupRule.Named(parsed.GetValue(groups)!),
                parsed.GetValue(size),
                parsed.GetValue(threshold),
                chosenHead,
                parsed.GetValue(bare),
                parsed.GetValue(absent),
                parsed.GetValue(words),
                parsed.GetValue(limit),
                parsed.GetValue(output)!,
                parsed.GetValue(predictions),
                parsed.GetValue(resume),
                parsed.GetValue(quiet),
                parsed.GetValue(json)
            );
            _ = new GroundingOptions { Size = request.Size, Threshold = request.Threshold }.Validated();
            EvaluationCommon.RequireLimit(request.Limit);
            if (request.Predictions is { } file)
                OutputPlace.RequireFile(file);
            CommonOptions.UseThreads(parsed.GetValue(threads));
            Run(request, processes, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stop);
        });
        return command;
    }

    private static void Run(Request request, ICollective processes, TextWriter results, TextWriter messages, CancellationToken cancellation)
    {
        if (request.Model is not null && request.Baseline is not null)
            throw new InputException($"give either a model or --baseline {string.Join('|', Baselines)}, not both");
        foreach (
            var (isGiven, why) in (ReadOnlySpan<(bool, string)>)
                [
                    (request.Bare, "--bare asks a model for phrases one by one; a baseline reads none"),
                    (request.Absent, "--absent asks a model for what is not there; a baseline reads no phrases"),
                    (request.Words, "--words asks a model which words it knows; a baseline knows none"),
                    (request.Head is not null, "--head chooses among a model's mask heads; a baseline has none"),
                ]
        )
            if (isGiven && request.Baseline is not null)
                throw new InputException($"{why}: leave it out");
        // The data are looked through before the seconds that a large model takes to open.
        var benchmark = PngBenchmark.Open(request.Data, request.Split);
        var evaluator = new Evaluator(benchmark, request.Protocol);
        var (count, faults) = EvaluationCommon.Survey(evaluator, benchmark, request.Limit, cancellation);
        var place = request.Model is null ? null : request.Device.Find(processes);
        if (request.Model is { IsDefault: true } && !request.Quiet && processes.Rank == 0)
            messages.WriteLine(DefaultModel.Note);
        using var segmenter = Open(request, place);
        var settings = new EvaluationSettings(
            segmenter.Name,
            request.Model is null ? null : ContentMark.OfFolder(request.Model.Frozen),
            TrainedMark(segmenter),
            ContentMark.OfBenchmark(request.Data, benchmark),
            request.Split,
            request.Protocol.Name,
            request.Groups.Name,
            segmenter.Size,
            request.Threshold ?? segmenter.Threshold,
            request.Limit
        );

        var path = Path.Combine(request.Output, EvaluationJournal.FileName);
        var narratives = new List<NarrativeResult>();
        EvaluationRun? run = null;
        using (var journal = processes.Rank == 0 ? EvaluationJournal.Open(path, settings, request.Resume) : null)
        {
            narratives.AddRange(journal?.Done ?? []);
            if (processes.Rank == 0)
                run = Recorded(request, segmenter, place, narratives.Count, count);
            var done = processes.Share([.. narratives.Select(r => (long)r.Narrative)]).ToHashSet();
            // What an earlier run did would spoil the estimate of the time that is left.
            var what = done.Count == 0 ? "evaluating" : $"evaluating (after {done.Count} done before)";
            Terminal.WithProgress(
                messages,
                request.Quiet || processes.Rank > 0,
                what,
                count - done.Count,
                progress =>
                    SharedWork.Run(
                        processes,
                        evaluator.Cases(new BenchmarkFaults(), request.Limit).Where(given => !done.Contains(given.Example.Index)),
                        cases => cases.Select(given => evaluator.Evaluate(given, segmenter, settings.Threshold, cancellation)),
                        result =>
                        {
                            journal!.Append(result);
                            narratives.Add(result.WithoutMasks());
                            progress(narratives.Count - done.Count);
                        },
                        EvaluationJournal.Style,
                        cancellation
                    )
            );
        }
        if (processes.Rank > 0)
            return;
        var measures = segmenter is PipelineSegmenter model
            ? new ModelMeasures(model, benchmark, evaluator, request.Limit, messages, request.Quiet, cancellation)
            : null;
        var report = EvaluationReport.From(settings, narratives, faults, benchmark.Categories) with
        {
            Attention = measures?.Attention(),
            Absent = request.Absent ? measures?.Absent(count) : null,
            Words = request.Words ? measures?.Words() : null,
            Run = run,
        };
        ReportFolder.Write(request.Output, report, narratives, EvaluationJournal.Read(path), benchmark, cancellation);
        if (request.Predictions is { } file)
            PredictionFile.Write(file, EvaluationJournal.Read(path));
        EvaluationCommon.Print(report, results, messages, request.Quiet, request.Json);
        if (!request.Quiet && !request.Json)
            results.WriteLine($"{Path.Combine(request.Output, "report.html")}, report.json, per_phrase.csv");
    }

    /// <summary>The record of this start beside the journal; nothing new where an earlier one has left nothing to do.</summary>
    private static EvaluationRun Recorded(Request request, IPhraseSegmenter segmenter, ComputeDevice? place, int done, int count) =>
        done == count && EvaluationRun.Read(request.Output) is { } earlier
            ? earlier
            : EvaluationRun
                .Now(
                    request.Data,
                    (segmenter as PipelineSegmenter)?.Trained,
                    (segmenter as RandomBaseline)?.Seed,
                    get_num_threads(),
                    place?.ToString()
                )
                .Record(request.Output, goesOn: done > 0);

    private static ContentMark? TrainedMark(IPhraseSegmenter segmenter)
    {
        if (segmenter is not PipelineSegmenter { Trained: { } folder })
            return null;
        var (config, weights) = GroundingFolder.Files(folder);
        return ContentMark.OfFiles(folder, config, weights);
    }

    private static IPhraseSegmenter Open(Request request, ComputeDevice? place) =>
        (request.Model, place) is ({ } model, { } device)
            ? new PipelineSegmenter(model.Open(Rearrangement.ManyPasses, device), request.Size, request.Head, request.Bare)
            : request.Baseline switch
            {
                "whole-image" => new WholeImageBaseline(request.Size ?? EvaluationCommon.UsualSize),
                "random" => new RandomBaseline(request.Size ?? EvaluationCommon.UsualSize),
                "oracle" => new OracleBaseline(request.Size ?? EvaluationCommon.UsualSize, stride: 4),
                "oracle-h8" => new OracleBaseline(request.Size ?? EvaluationCommon.UsualSize, stride: 8),
                var other => throw new InputException($"--baseline {other} is not known: {string.Join(", ", Baselines)}"),
            };
}
