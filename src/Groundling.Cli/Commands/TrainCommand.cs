using System.CommandLine;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Modeling;
using Groundling.Torch;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling train: the grounding parts on a benchmark's narratives.</summary>
internal static class TrainCommand
{
    /// <summary>What may change when a run goes on: where things lie and how they are computed, not what.</summary>
    private static readonly string[] MayDiffer = ["model", "train.threads", "train.device", "train.cache", "train.stopsAtDivergence"];

    private sealed record Request(
        string Config,
        IReadOnlyList<string> Changes,
        string Data,
        string Output,
        string? Model,
        DeviceChoice Device,
        bool Resume,
        bool Quiet
    );

    public static Command Create(ICollective processes, CancellationToken stop)
    {
        var config = new Argument<string>("CONFIG") { Description = "The training's config, such as configs/scenes.json" };
        var data = new Option<string>("--data", "-d")
        {
            Description = "The benchmark's folder, with \"annotations\" and \"images\"",
            HelpName = "DIR",
            Required = true,
        };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The run's folder",
            HelpName = "RUN",
            Required = true,
        };
        var changes = new Option<string[]>("--set")
        {
            Description = "A value instead of the config's: --set train.steps=40 --set grounding.parts=decoder",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        var model = new Option<string?>("--model", "-m")
        {
            Description = "The frozen Stable Diffusion, instead of the config's: a folder, or OWNER/NAME[@REVISION] of the hub",
            HelpName = "MODEL",
        };
        var (yes, device) = (ModelPlace.Yes(), new DeviceOptions());
        var resume = new Option<bool>("--resume") { Description = "Go on with a run that was stopped or killed" };
        var quiet = CommonOptions.Quiet();
        var command = new Command("train", "Train the phrase adapter, the aggregation and the mask decoder on a frozen model.")
        {
            config,
            data,
            output,
            changes,
            model,
            yes,
            device.Name,
            device.Kind,
            resume,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var frozen = parsed.GetValue(model) is { } named
                ? ModelPlace.Find(named, parsed.GetValue(yes), parsed.InvocationConfiguration.Error, stop)
                : null;
            var request = new Request(
                parsed.GetValue(config)!,
                parsed.GetValue(changes) ?? [],
                parsed.GetValue(data)!,
                parsed.GetValue(output)!,
                frozen,
                device.Read(parsed),
                parsed.GetValue(resume),
                parsed.GetValue(quiet)
            );
            return Run(request, processes, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stop);
        });
        return command;
    }

    private static int Run(Request request, ICollective processes, TextWriter results, TextWriter messages, CancellationToken stop)
    {
        var config = TrainConfig.Read(request.Config, request.Changes);
        config = config with { Train = request.Device.Over(config.Train) };
        var place = config.Train.FindDevice(processes);
        if (config.Train.Threads > 0)
            set_num_threads(config.Train.Threads);
        var source = FrozenModel.Find(request.Model, config.Model, request.Config, request.Output, config.Train.Seed);
        // Everything that can be wrong shows before the run's folder is made.
        var faults = new BenchmarkFaults();
        var benchmark = PngBenchmark.Open(request.Data, config.Data.Train);
        config = config.For(benchmark.Categories.Count).Validated();
        var measured = config.Data.Validation.Length == 0 ? null : PngBenchmark.Open(request.Data, config.Data.Validation);
        var examples = benchmark
            .Read(faults)
            .Where(example => example.Phrases.Count > 0)
            .Take(config.Data.TrainLimit == 0 ? int.MaxValue : config.Data.TrainLimit)
            .ToList();
        foreach (var fault in faults.Describe())
            messages.WriteLine($"warning: {fault}");
        var steps =
            config.Train.Steps > 0
                ? config.Train.Steps
                : (long)
                    Math.Ceiling(
                        config.Train.Epochs * examples.Count / (config.Train.BatchSize * config.Train.Accumulate * processes.Size)
                    );
        var settings = config.Train with { Steps = steps };
        settings.RequireRanges();
        var initial = settings.Initial.Length == 0 ? null : Beside(request.Config, settings.Initial);
        var initialMark = initial is null || request.Resume ? null : MarkOf(initial);
        stop.ThrowIfCancellationRequested();

        using var folder =
            processes.Rank > 0
                ? null
                : RunFolder.Open(
                    request.Output,
                    (config with { Model = source.Name }).ToJson(),
                    RunRecord.Now(
                        "grounding",
                        settings.Seed,
                        ContentMark.OfBenchmark(request.Data, new[] { benchmark, measured }.OfType<PngBenchmark>()),
                        source.Mark,
                        initialMark,
                        $"{place}"
                    ),
                    request.Resume,
                    new TrainConfig().ToJson(),
                    MayDiffer
                );
        try
        {
            return Train(folder);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            folder?.TakeBack();
            throw;
        }

        int Train(RunFolder? folder)
        {
            using var diffusion = Open(source, place, processes, stop);
            var cache = settings.Cache.Length == 0 ? null : Cache(Beside(request.Config, settings.Cache), messages);
            var encoders = new FrozenEncoders(diffusion, cache is null ? "" : source.EncoderMark(), cache);
            var validation = measured is null ? null : new GroundingValidation(measured, config.Data, config.Grounding.Threshold);
            using var task = new GroundingTask(config with { Train = settings }, encoders, examples, benchmark.Categories, validation);
            // One process is enough: all begin with the first one's weights.
            if (initial is not null && folder is { Last.Exists: false })
                Begin(task, initial, request.Quiet ? null : messages);
            if (!request.Quiet && processes.Rank == 0)
                messages.WriteLine($"trains on {place}{(processes.Size > 1 ? $", and {processes.Size - 1} more like it" : "")}");
            var outcome = TrainingDisplay.Show(
                messages,
                request.Quiet || processes.Rank > 0,
                observer =>
                {
                    using var run = new TrainingRun(task, settings, folder, processes, observer);
                    return run.Run(stop);
                }
            );
            var unused = processes
                .Gather(string.Join('\n', task.Faults))
                .SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Distinct()
                .ToList();
            if (unused.Count > 0)
                messages.WriteLine($"warning: {unused.Count} narratives could not be used and were left out, the first: {unused[0]}");
            if (cache is { Damaged: > 0 })
                messages.WriteLine($"warning: {cache.Damaged} damaged files in the cache were made anew");
            return TrainingDisplay.Report(outcome, request.Output, results, messages, request.Quiet);
        }
    }

    private static TensorCache Cache(string folder, TextWriter messages)
    {
        var cache = new TensorCache(folder);
        if (cache.Prepare() is { } why)
            messages.WriteLine(
                $"warning: the cache {folder} cannot be written: {why}; what it lacks is made anew each time (train.cache names another)"
            );
        return cache;
    }

    /// <summary>Random weights are made by one process before the others look for them.</summary>
    private static StableDiffusion Open(FrozenModel source, ComputeDevice place, ICollective processes, CancellationToken stop)
    {
        if (processes.Rank > 0)
            processes.Barrier();
        var diffusion = source.Open(place, stop);
        if (processes.Rank == 0)
            processes.Barrier();
        return diffusion;
    }

    private static ContentMark MarkOf(string trained)
    {
        var weights = GroundingFolder.Files(trained).Weights;
        return ContentMark.OfFiles(trained, [weights]);
    }

    private static void Begin(GroundingTask task, string initial, TextWriter? messages)
    {
        var anew = task.Begin(initial);
        messages?.WriteLine(
            $"begins with the weights of {initial}"
                + (
                    anew.Count == 0
                        ? ""
                        : $"; anew: {string.Join(", ", anew.GroupBy(name => name.Split('.')[0]).Select(part => $"{part.Key} ({part.Count()} tensors)"))}"
                )
        );
    }

    private static string Beside(string config, string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(config))!);
}
