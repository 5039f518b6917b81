using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>The third stage of pretraining: the UNet learns to find the noise in latents (Ho et al. 2020, eq. 14), told by the frozen text encoder what they show.</summary>
public sealed class DiffusionTask : ITrainingTask, IDisposable
{
    private const ulong Orders = 1, Kinds = 2, Measuring = 3;                  // streams of random numbers
    private const int ShownPictures = 4, ShownSteps = 20;
    private readonly DiffusionSettings _settings;
    private readonly PredictionType _prediction;
    private readonly NoiseSchedule _schedule = NoiseSchedule.StableDiffusion;
    private readonly ClipTokenizer _tokenizer;
    private readonly Vae _vae;
    private readonly CaptionedLatents _learnt, _measured;
    private readonly RowStore? _coarse;
    private readonly CaptionRows _empty;
    private readonly CaptionRows?[] _rows;
    private readonly EndlessOrder _order;
    private readonly TextEncoder _text;
    private readonly UNet _unet, _averageUNet;
    private readonly MovingAverage _average;

    /// <param name="preset">The sizes.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="tokenizer">Text to tokens; it fits the preset's vocabulary.</param>
    /// <param name="text">The text encoder, frozen; the caller keeps it.</param>
    /// <param name="vae">The autoencoder of the latents, with its scaling factor; the caller keeps it.</param>
    /// <param name="learnt">What it learns from; the caller keeps it.</param>
    /// <param name="coarse">The same pictures' latents at half the side, for the first steps; null where there are no such steps; the caller keeps it.</param>
    /// <param name="measured">What it is measured on; the caller keeps it.</param>
    public DiffusionTask(ModelPreset preset, DiffusionSettings settings, ClipTokenizer tokenizer, TextEncoder text, Vae vae, CaptionedLatents learnt, RowStore? coarse, CaptionedLatents measured)
    {
        (_settings, _prediction, _tokenizer, _text, _vae, _learnt, _coarse, _measured) = (settings, preset.Prediction, tokenizer, text, vae, learnt, coarse, measured);
        (_unet, _averageUNet) = (Make(), Make());
        Parameters = [.. _unet.NamedTensors()];
        State = [.. _averageUNet.NamedTensors()];
        foreach (var (_, value) in Parameters) value.requires_grad_(true);
        foreach (var (_, value) in State) value.requires_grad_(false);
        _average = new([.. Parameters.Zip(State, (weight, average) => (weight.Value, average.Value))], settings.AverageDecay);
        _empty = CaptionRows.Of(tokenizer, preset.Text.Positions, "");
        _rows = new CaptionRows?[learnt.Captions.Count];
        _order = new(learnt.Captions.Count, StepSeed.Of(settings.Seed, Orders));

        UNet Make()
        {
            using var generator = new Generator(settings.Seed);
            return FirstWeights.Initialize(new UNet(preset.UNet), generator);
        }
    }

    /// <inheritdoc/>
    public string Name => "diffusion";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>The moving averages of the weights.</summary>
    public IEnumerable<(string Name, Tensor Value)> State { get; }

    /// <inheritdoc/>
    public int ImagesPerStep => _settings.BatchSize;

    /// <summary>Weights of linear maps and convolutions decay; embeddings, norms and biases do not.</summary>
    public bool DecaysWeight(string name) => StageRules.Decays(name);

    /// <inheritdoc/>
    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        var places = EndlessOrder.PlacesOf(context.Step, _settings.BatchSize, context.Collective).ToList();
        var examples = places.Select(place => _order[place]).ToList();
        // 1. Latents drawn from their distributions, with noise of times that are spread over the batch.
        var store = context.Step <= _settings.CoarseSteps ? _coarse! : _learnt.Latents;
        var latents = Draw(store.Gather(examples), context.Generator);                                     // [B, 4, h, w]
        var times = Times(examples.Count, context.Generator);                                              // [B]
        var noise = randn(latents.shape, generator: context.Generator);
        // 2. Captions, or their phrases, or none.
        var prompts = new PromptBatch(places.Zip(examples, (place, example) => (_learnt.Captions[example], RowsOf(example), KindAt(place))), _empty);
        var (states, mask) = prompts.Encode(_text);                                                        // [B, K, Ct]
        // 3. Which noise was it?
        using var output = _unet.call(_schedule.AddNoise(latents, noise, times), times, new TextPrompt(states, mask));
        var loss = functional.mse_loss(output.Prediction, _schedule.Target(latents, noise, times, _prediction));
        loss.backward();
        var value = (double)loss.item<float>();
        return new(value, [("noise", value)]);
    }

    /// <inheritdoc/>
    public void AfterStep(long step) => _average.Update(step <= _settings.CoarseSteps ? step : step - _settings.CoarseSteps);

    /// <summary>The averaged weights' loss on pictures that were not learnt from, with the same noise each time; the score is its negative.</summary>
    public Validation? Validate(long step, CancellationToken stop)
    {
        var limit = _settings.ValidationLimit == 0 ? _measured.Captions.Count : Math.Min(_settings.ValidationLimit, _measured.Captions.Count);
        var losses = Enum.GetValues<PromptKind>().ToDictionary(kind => kind, kind => Loss(kind, limit, stop));
        var scores = losses.Select(pair => ($"loss_{pair.Key.ToString().ToLowerInvariant()}", pair.Value)).ToList();
        return new(-(losses[PromptKind.Words] + losses[PromptKind.Phrases]) / 2, scores, [("samples", Samples(stop))]);
    }

    /// <summary>Writes the averaged UNet as a model folder has it.</summary>
    public void Save(string folder) => ModelFolderWriter.WriteUNet(folder, _averageUNet, ScalarType.Float32);

    /// <summary>Disposes the models.</summary>
    public void Dispose()
    {
        _unet.Dispose();
        _averageUNet.Dispose();
    }

    private double Loss(PromptKind kind, int limit, CancellationToken stop)
    {
        using var generator = new Generator(StepSeed.Of(_settings.Seed, Measuring));
        var sum = 0.0;
        foreach (var rows in Enumerable.Range(0, limit).Chunk(_settings.BatchSize))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var latents = Draw(_measured.Latents.Gather(rows), generator);
            var (times, noise) = (Times(rows.Length, generator), randn(latents.shape, generator: generator));
            var (states, mask) = new PromptBatch(rows.Select(row => (_measured.Captions[row], CaptionRows.Of(_tokenizer, _text.Config.Positions, _measured.Captions[row].Text), kind)), _empty).Encode(_text);
            using var output = _averageUNet.call(_schedule.AddNoise(latents, noise, times), times, new TextPrompt(states, mask));
            sum += rows.Length * functional.mse_loss(output.Prediction, _schedule.Target(latents, noise, times, _prediction)).item<float>();
        }
        return sum / limit;
    }

    private Picture Samples(CancellationToken stop)
    {
        var sampler = new ImageSampler(_tokenizer, _text, _vae, _averageUNet, _schedule, _prediction);
        var side = (int)(_measured.Latents[0].shape[1] * _vae.Stride);
        var images = _measured.Captions.Take(ShownPictures).Select((caption, i) => sampler.Sample(caption.Text, new() { Steps = ShownSteps, Seed = (ulong)i, Size = side }, cancellation: stop)).ToList();
        return PictureGrid.Of(cat(images), images.Count);
    }

    /// <summary>Latents of unit variance, drawn from the encoder's distributions.</summary>
    private Tensor Draw(Tensor moments, Generator generator)                   // [B, 8, h, w] -> [B, 4, h, w]
    {
        var channels = _vae.Config.LatentChannels;
        var (mean, logarithm) = (moments.narrow(1, 0, channels).to(float32), moments.narrow(1, channels, channels).to(float32).clamp(-30, 20));
        return (mean + (0.5 * logarithm).exp() * randn(mean.shape, generator: generator)) * _vae.Config.ScalingFactor;
    }

    /// <summary>One time from each of as many equal stretches: a batch's loss then varies less with the luck of the draw.</summary>
    private Tensor Times(int count, Generator generator)
        => ((arange(count, dtype: float32) + rand([count], generator: generator)) * ((double)_schedule.Steps / count)).to(int64).clamp_max(_schedule.Steps - 1);

    private PromptKind KindAt(long place)
    {
        const double scale = 1.0 / (1UL << 53);
        if ((StepSeed.Of(_settings.Seed, Kinds, (ulong)place) >> 11) * scale < _settings.Uncaptioned) return PromptKind.None;
        return (StepSeed.Of(_settings.Seed, Kinds, (ulong)place, 1) >> 11) * scale < _settings.PhrasePrompts ? PromptKind.Phrases : PromptKind.Words;
    }

    private CaptionRows RowsOf(int example) => _rows[example] ??= CaptionRows.Of(_tokenizer, _text.Config.Positions, _learnt.Captions[example].Text);
}
