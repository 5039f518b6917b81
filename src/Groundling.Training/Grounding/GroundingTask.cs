using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Training of the grounding parts on narratives (Sec. 3.4; Sec. 4 for the settings).</summary>
/// <remarks>
/// Losses are means over all phrases of a step: a micro-batch counts by its phrases, so that accumulated micro-batches and parallel
/// processes make the step of one large batch. A phrase's sampled points come from its narrative's place in the run, not from its batch.
/// </remarks>
public sealed class GroundingTask : ITrainingTask, IDisposable
{
    private readonly TrainConfig _config;
    private readonly FrozenEncoders _encoders;
    private readonly GroundingModel _model;
    private readonly GroundingModel? _averaged;
    private readonly MovingAverage? _average;
    private readonly GroundingValidation? _validation;
    private readonly NarrativeLoader _loader;
    private readonly ShiftedPoints? _points; // on a card
    private readonly HashSet<string> _faults = []; // each once, however often it is met
    private readonly HashSet<string> _decaying;
    private CheckpointFigures _figures = new(0, null, null);

    /// <param name="config">The run's config.</param>
    /// <param name="encoders">The frozen model; the caller keeps it.</param>
    /// <param name="examples">What there is to learn from, each with at least one phrase.</param>
    /// <param name="categories">The data's categories by id; in order of their ids they are the classes 0 to K - 1.</param>
    /// <param name="validation">How to measure; null for not at all.</param>
    /// <exception cref="InputException">The config's number of classes is not the data's, or there are no examples.</exception>
    public GroundingTask(
        TrainConfig config,
        FrozenEncoders encoders,
        IReadOnlyList<BenchmarkExample> examples,
        IReadOnlyDictionary<int, PanopticCategory> categories,
        GroundingValidation? validation
    )
    {
        ConfigJson.Require(
            config.Grounding.Classes == categories.Count,
            "grounding.classes",
            config.Grounding.Classes,
            $"the data have {categories.Count} categories: set it to that"
        );
        if (examples.Count == 0)
            throw new InputException(
                "there are no narratives with grounded phrases to learn from; check the data with: groundling data check DATA"
            );
        (_config, _encoders, _validation) = (config, encoders, validation);
        var (settings, seed) = (config.Train, config.Train.Seed);
        using var generator = new Generator(seed);
        _model = Make();
        _model.SavesMemory = settings.SavesMemory;
        var tensors = _model.NamedTensors().ToLookup(pair => settings.KeptParts.Contains(pair.Name.Split('.')[0]));
        (Parameters, State) = ([.. tensors[false]], [.. tensors[true]]);
        if (settings.AverageDecay > 0)
        {
            _averaged = Make();
            var averages = _averaged.NamedTensors().ToList();
            _average = new([.. _model.NamedTensors().Zip(averages, (now, mean) => (now.Tensor, mean.Tensor))], settings.AverageDecay);
            State = [.. State, .. averages.Select(pair => ($"average.{pair.Name}", pair.Tensor))];
        }
        foreach (var (_, value) in State)
            value.requires_grad_(false);
        _average?.Begin();
        _decaying =
        [
            .. Parameters
                .Where(pair => pair.Value.dim() > 1 && !pair.Name.EndsWith("level_embedding.weight", StringComparison.Ordinal))
                .Select(pair => pair.Name),
        ];
        var order = new EndlessOrder(examples.Count, StepSeed.Of(seed, RunStreams.Orders));
        var classOf = categories.Keys.Order().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        ImagesPerStep = settings.BatchSize * settings.Accumulate;
        var absent = settings.Absent > 0 ? new AbsentPhrases(examples) : null;
        _loader = new(
            place =>
            {
                var example = Told(examples[order[place]], settings, place);
                return () =>
                    TrainingNarrative.Read(
                        place,
                        example,
                        absent is null ? null : Absent(absent, settings, place, example),
                        settings.Flip && TrainingNarrative.IsMirrored(seed, place),
                        encoders,
                        settings.Size,
                        classOf
                    );
            },
            ImagesPerStep,
            _faults,
            ahead: !encoders.Diffusion.Place.IsCpu
        );
        _points = encoders.Diffusion.Place.IsCpu ? null : new(encoders.Device, config.Grounding.Loss);

        // moved before its tensors are listed: moving replaces them
        GroundingModel Make() =>
            new GroundingModel(encoders.Diffusion.UNet, encoders.Diffusion.Vae, config.Grounding with { Size = settings.Size })
                .Initialize(generator)
                .to(encoders.Device);
    }

    /// <summary>The model that is trained.</summary>
    public GroundingModel Model => _model;

    /// <summary>The model that is measured and saved: the moving average of the trained one's weights, where there is one.</summary>
    public GroundingModel Answering => _averaged ?? _model;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>The parts that keep their weights, and the moving averages.</summary>
    public IEnumerable<(string Name, Tensor Value)> State { get; }

    /// <inheritdoc/>
    public int ImagesPerStep { get; }

    /// <summary>Narratives that could not be used, and why.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>
    /// Weights of linear maps and convolutions decay; biases, norms, level embeddings, block weights and mask scales do not.
    /// </summary>
    public bool DecaysWeight(string name) => _decaying.Contains(name);

    /// <summary>Begins with trained parts of a folder; before the first step.</summary>
    /// <param name="folder">A folder that holds <c>grounding</c>, or that folder itself.</param>
    /// <returns>The tensors that the folder lacks, which begin anew.</returns>
    /// <exception cref="InputException">There are no trained parts, or none of them fits.</exception>
    /// <exception cref="WeightsException">The weights are damaged.</exception>
    public IReadOnlyList<string> Begin(string folder)
    {
        var anew = GroundingFolder.LoadMatching(folder, _model);
        _average?.Begin();
        return anew;
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">None of the step's narratives can be used.</exception>
    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        // 1. Narratives from disk, through the frozen encoders.
        var examples = _loader.Load(context.Step, context.Collective).Select(Encode).OfType<Example>().ToList();
        // 2. How many phrases all micro-batches of all processes have: each counts alike.
        var phrases = Total(examples.Sum(example => example.Narrative.Masks.Count), context.Collective);
        if (phrases == 0)
            throw new InputException(
                $"step {context.Step}: none of its narratives can be used ({Faults[^1]}); check the data with: groundling data check DATA"
            );
        // 3. Forward and backward, a micro-batch at a time.
        var made = new List<(double Share, Tensor Losses)>();
        List<string> names = [];
        foreach (var batch in examples.Chunk(_config.Train.BatchSize))
        {
            using var microBatch = NewDisposeScope();
            var share = (double)batch.Sum(example => example.Narrative.Masks.Count) * context.Collective.Size / phrases;
            using var losses = Losses(batch);
            losses.Total.backward([tensor((float)share, device: CPU).Sent(_encoders.Device)]);
            names = [.. losses.Parts.Keys];
            made.Add((share, stack([losses.Total.detach(), .. losses.Parts.Values]).MoveToOuterDisposeScope()));
        }
        // 4. All losses at once: a card works on while nobody asks for numbers.
        var read = made.Select(batch => (batch.Share, Losses: batch.Losses.cpu().data<float>().ToArray())).ToList();
        var total = read.Sum(batch => batch.Losses[0] * batch.Share);
        var sums = names.Select((name, i) => (name, read.Sum(batch => batch.Losses[i + 1] * batch.Share))).ToList();
        _figures = _figures with { Losses = new(total, sums) };
        return new(total, sums.Count > 0 ? sums : NoLosses());
    }

    /// <inheritdoc/>
    public Validation? Validate(long step, CancellationToken stop)
    {
        if (_validation is null)
            return null;
        using var segmenter = new ModelSegmenter(_encoders, Answering, _config.Train.Size);
        var validation = _validation.Measure(segmenter, stop);
        _figures = _figures with { Step = step, Scores = validation.Scores };
        return validation;
    }

    /// <inheritdoc/>
    public void AfterStep(long step)
    {
        _average?.Update(step);
        _figures = _figures with { Step = step, Scores = null };
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        GroundingFolder.Save(folder, Answering);
        _figures.Write(folder, _encoders.Diffusion.Path);
    }

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        _loader.Dispose();
        _points?.Dispose();
        _model.Dispose();
        _averaged?.Dispose();
    }

    private GroundingLosses Losses(IReadOnlyList<Example> batch)
    {
        var input = EncodedNarrative.Batch([.. batch.Select(example => example.Encoded)]);
        var target = TrainingTarget.Of([.. batch.Select(example => example.Narrative)], _config.Train.Size, _encoders.Device);
        using var output = Forward(input);
        var seeds = batch
            .SelectMany(example =>
                Enumerable
                    .Range(0, example.Narrative.Masks.Count)
                    .Where(phrase => phrase != example.Narrative.Absent)
                    .Select(phrase => StepSeed.Of(_config.Train.Seed, RunStreams.Points, (ulong)example.Narrative.Place, (ulong)phrase))
            )
            .ToList();
        if (_points is not null)
            return new GroundingLoss(_config.Grounding.Loss, _points.For(seeds)).Compute(output, target);
        var generators = seeds.Select(seed => new Generator(seed)).ToList();
        try
        {
            return new GroundingLoss(_config.Grounding.Loss, PointSampling.From(generators)).Compute(output, target);
        }
        finally
        {
            generators.ForEach(generator => generator.Dispose());
        }
    }

    private GroundingOutput Forward(GroundingInput input)
    {
        using var pass = _encoders.Diffusion.Place.BeginPass();
        if (pass is null)
            return _model.call(input);
        using var output = _model.call(input);
        return output.ToFloat32();
    }

    private Example? Encode(TrainingNarrative narrative)
    {
        try
        {
            return new(narrative, _encoders.Encode(narrative.Source));
        }
        catch (InputException e)
        {
            _faults.Add(e.Message);
            return null;
        }
    }

    /// <summary>The narrative, or of a share of them one phrase alone.</summary>
    private static BenchmarkExample Told(BenchmarkExample example, GroundingTrainingSettings settings, long place) =>
        StepSeed.ShareOf(settings.Seed, RunStreams.Alone, (ulong)place) < settings.Alone
            ? example.Alone((int)(StepSeed.Of(settings.Seed, RunStreams.Alone, (ulong)place, 1) % (ulong)example.Phrases.Count))
            : example;

    /// <summary>A share of the narratives with a phrase of what is not there; a colour or a noun, whichever can be exchanged.</summary>
    private static AbsentPhrase? Absent(AbsentPhrases phrases, GroundingTrainingSettings settings, long place, BenchmarkExample example)
    {
        if (StepSeed.ShareOf(settings.Seed, RunStreams.Absences, (ulong)place) >= settings.Absent)
            return null;
        var random = StepSeed.Of(settings.Seed, RunStreams.Absences, (ulong)place, 1);
        return (random & 1) == 0
            ? phrases.WithOtherNoun(example, random >> 1) ?? AbsentPhrases.WithOtherColour(example, random >> 1)
            : AbsentPhrases.WithOtherColour(example, random >> 1) ?? phrases.WithOtherNoun(example, random >> 1);
    }

    private static double Total(int own, ICollective collective)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(new[] { (float)own }, device: CPU);
        collective.Average([mean]);
        return Math.Round((double)mean.item<float>() * collective.Size);
    }

    /// <summary>The losses of a process that had nothing to read while others had.</summary>
    private List<(string, double)> NoLosses() =>
        [.. GroundingLoss.PartsOf(_config.Grounding.Loss, _config.Grounding).Select(part => (part, 0.0))];

    /// <summary>A narrative of a step: what there is to learn, and what the model is given.</summary>
    private sealed record Example(TrainingNarrative Narrative, EncodedNarrative Encoded);
}
