using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// The third stage of pretraining: the UNet learns to find the noise in latents (Ho et al. 2020, eq. 14), told by the frozen text encoder
/// what they show.
/// </summary>
public sealed class DiffusionTask : ITrainingTask, IDisposable
{
    private const int FewestContrasted = 4; // pictures of a step whose words are told apart; otherwise a quarter
    private readonly ComputeDevice _place;
    private readonly DiffusionSettings _settings;
    private readonly PredictionType _prediction;
    private readonly NoiseSchedule _schedule = NoiseSchedule.StableDiffusion;
    private readonly ClipTokenizer _tokenizer;
    private readonly Lesson _learnt;
    private readonly Lesson? _rehearsed;
    private readonly LatentNoise _noise;
    private readonly DiffusionMeasures _measures;
    private readonly RowStore? _coarse;
    private readonly CaptionRows _empty;
    private readonly TextEncoder _text;
    private readonly UNet _unet,
        _averageUNet;
    private readonly MovingAverage _average;
    private readonly IReadOnlyList<IReadOnlySet<int>> _named; // the categories that have a name in common
    private readonly Tensor? _names; // [W, Ct] these names, where words are told apart

    /// <param name="preset">The sizes.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="tokenizer">Text to tokens; it fits the preset's vocabulary.</param>
    /// <param name="text">The text encoder, frozen; the caller keeps it.</param>
    /// <param name="vae">The autoencoder of the latents, with its scaling factor; the caller keeps it.</param>
    /// <param name="learnt">What it learns from; the caller keeps it.</param>
    /// <param name="rehearsed">What some steps rehearse; null for nothing; the caller keeps it.</param>
    /// <param name="coarse">
    /// The same pictures' latents at half the side, for the first steps; null where there are no such steps; the caller keeps it.
    /// </param>
    /// <param name="measured">What it is measured on; the caller keeps it.</param>
    /// <param name="initial">The UNet to begin with; null begins with nothing; the caller keeps it.</param>
    /// <param name="place">Where it is trained, and where text encoder and autoencoder lie; the CPU where null.</param>
    public DiffusionTask(
        ModelPreset preset,
        DiffusionSettings settings,
        ClipTokenizer tokenizer,
        TextEncoder text,
        Vae vae,
        CaptionedLatents learnt,
        CaptionedLatents? rehearsed,
        RowStore? coarse,
        CaptionedLatents measured,
        UNet? initial,
        ComputeDevice? place = null
    )
    {
        _place = place ?? ComputeDevice.Cpu;
        (_settings, _prediction, _tokenizer, _text, _coarse, _noise) = (
            settings,
            preset.Prediction,
            tokenizer,
            text,
            coarse,
            new(vae, _schedule)
        );
        _learnt = new(learnt, settings.BatchSize, settings.Seed, RunStreams.Orders);
        if (rehearsed is not null)
        {
            var sides = learnt.Latents.RowShape[^1] / rehearsed.Latents.RowShape[^1];
            _rehearsed = new(rehearsed, (int)(settings.BatchSize * sides * sides), settings.Seed, RunStreams.RehearsedOrders);
        }
        _measures = new(settings, preset.Prediction, _schedule, tokenizer, text, vae, measured);
        (_unet, _averageUNet) = (Make(), Make());
        Parameters = [.. _unet.NamedTensors()];
        State = [.. _averageUNet.NamedTensors()];
        foreach (var (_, value) in Parameters)
            value.requires_grad_(true);
        foreach (var (_, value) in State)
            value.requires_grad_(false);
        _average = new([.. Parameters.Zip(State, (weight, average) => (weight.Value, average.Value))], settings.AverageDecay);
        _empty = CaptionRows.Of(tokenizer, preset.Text.Positions, "");
        var words = learnt
            .Categories.Concat(rehearsed?.Categories ?? new Dictionary<int, PanopticCategory>())
            .DistinctBy(pair => pair.Key)
            .OrderBy(pair => pair.Key)
            .GroupBy(pair => WordOf(pair.Value), pair => pair.Key)
            .ToList();
        _named = [.. words.Select(word => word.ToHashSet())];
        if (settings.WordContrast > 0)
            _names = Names(words.Select(word => word.Key));

        UNet Make()
        {
            using var generator = new Generator(settings.Seed);
            // before its tensors are listed: moving replaces them
            var unet = FirstWeights.Initialize(new UNet(preset.UNet), generator).to(_place.Device);
            if (initial is null)
                return unet;
            using var frozen = no_grad();
            foreach (var (weight, first) in unet.NamedTensors().Zip(initial.NamedTensors()))
                weight.Tensor.copy_(first.Tensor);
            return unet;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>The moving averages of the weights.</summary>
    public IEnumerable<(string Name, Tensor Value)> State { get; }

    /// <inheritdoc/>
    public int ImagesPerStep =>
        _rehearsed is null
            ? _settings.BatchSize
            : (_settings.BatchSize * (_settings.RehearseEvery - 1) + _rehearsed.BatchSize) / _settings.RehearseEvery;

    /// <summary>Weights of linear maps and convolutions decay; embeddings, norms and biases do not.</summary>
    public bool DecaysWeight(string name) => StageRules.Decays(name);

    /// <inheritdoc/>
    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        var (lesson, number) = LessonOf(context.Step);
        var places = EndlessOrder.PlacesOf(number, lesson.BatchSize, context.Collective).ToList();
        var examples = places.Select(place => lesson.Order[place]).ToList();
        // 1. Latents drawn from their distributions, with noise of times that are spread over the batch.
        var store = context.Step <= _settings.CoarseSteps ? _coarse! : lesson.Pictures.Latents;
        var latents = _noise.Draw(store.Gather(examples), context.Generator); // [B, C, h, w]
        var times = _noise.Times(examples.Count, context.Generator); // [B]
        var noise = LatentNoise.Like(latents, context.Generator);
        // 2. Captions, or their phrases, or none.
        var (states, mask) = Prompts(examples.Select(example => Told(lesson, example)), i => KindAt(lesson, places[i])); // [B, K, Ct]
        // 3. Which noise was it?
        var predicted = Predict(_schedule.AddNoise(latents, noise, times), times, new(states, mask));
        var loss = functional.mse_loss(predicted, _schedule.Target(latents, noise, times, _prediction));
        loss.backward();
        var value = (double)loss.item<float>();
        if (_settings.WordContrast == 0)
            return new(value, [("noise", value)]);
        var (words, pixels) = Contrast(lesson, [.. places.Take(Math.Max(FewestContrasted, places.Count / 4))], store, context.Generator);
        return new(value + _settings.WordContrast * (words + pixels), [("noise", value), ("words", words), ("pixels", pixels)]);
    }

    /// <summary>Goes back through the attention to words, and returns its losses; 0 where there is nothing to be told apart.</summary>
    private (double Words, double Pixels) Contrast(Lesson lesson, List<long> places, RowStore store, Generator generator)
    {
        using var scope = NewDisposeScope();
        var rows = places.Select(place => lesson.Order[place]).ToList();
        var pictures = rows.Select(row => lesson.Pictures.Examples[row]).ToList();
        var recoloured = pictures.Select((picture, i) => AbsentPhrases.WithOtherColour(picture, RandomOf(i))).ToList();
        var bags = PhraseBags.Of(
            [.. pictures.Select(PictureTags.Of)],
            [.. recoloured.Select(changed => changed?.Phrase)],
            _named,
            RandomOf
        );
        if (bags is null)
            return (0, 0);
        var own = rows.Select(row => Told(lesson, row)).ToList();
        var captions = own.Concat(recoloured.Select((changed, i) => changed is null ? own[i] : (changed.Caption, RowsOf(changed.Caption))));
        var states = Prompts(captions, _ => PromptKind.Phrases).States; // [2 B, K, Ct]
        var latents = _noise.Draw(store.Gather(rows), generator);
        var times = randint(1, WordContrast.LatestTime + 1, [rows.Count], generator: generator, device: CPU).Sent(latents.device);
        var noisy = _schedule.AddNoise(latents, LatentNoise.Like(latents, generator), times);
        Tensor words,
            pixels;
        using (_place.BeginPass())
            (words, pixels) = WordContrast.Loss(_unet, noisy, times, states, _names!, bags);
        words.Plus(pixels).Times(_settings.WordContrast).backward();
        return (words.item<float>(), pixels.item<float>());

        ulong RandomOf(int picture) => StepSeed.Of(_settings.Seed, RunStreams.Contrasts, (ulong)places[picture]);
    }

    /// <inheritdoc/>
    public void AfterStep(long step) => _average.Update(step <= _settings.CoarseSteps ? step : step - _settings.CoarseSteps);

    /// <summary>Measures the averaged weights.</summary>
    public Validation? Validate(long step, CancellationToken stop) => _measures.Measure(_averageUNet, stop);

    /// <summary>Writes the averaged UNet as a model folder has it.</summary>
    public void Save(string folder) => ModelFolderWriter.WriteUNet(folder, _averageUNet, ScalarType.Float32);

    /// <summary>Disposes the models.</summary>
    public void Dispose()
    {
        _unet.Dispose();
        _averageUNet.Dispose();
        _names?.Dispose();
    }

    /// <summary>What a category is called: of a name such as sky-other-merged the first word, which it may share with others.</summary>
    private static string WordOf(PanopticCategory category) => category.Name.Split('-')[0];

    /// <summary>Words as the states of phrases, [W, Ct].</summary>
    private Tensor Names(IEnumerable<string> words)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var captions = words.Select(word => Caption.FromPhrases(null, [$"the {word}"]));
        var states = Prompts(captions.Select(caption => (caption, RowsOf(caption))), _ => PromptKind.Phrases).States;
        return states.select(1, 1).clone().DetachFromDisposeScope();
    }

    private (Tensor States, Tensor? Mask) Prompts(
        IEnumerable<(Caption Caption, CaptionRows Rows)> captions,
        Func<int, PromptKind> kindOf
    ) => new PromptBatch(captions.Select((caption, i) => (caption.Caption, caption.Rows, kindOf(i))), _empty).Encode(_text);

    private Tensor Predict(Tensor noisy, Tensor times, TextPrompt prompt)
    {
        using var pass = _place.BeginPass();
        using var output = _unet.call(noisy, times, prompt);
        return output.Prediction.to(float32).alias();
    }

    /// <summary>What a step learns from, and its number among the steps that do.</summary>
    private (Lesson Lesson, long Number) LessonOf(long step)
    {
        if (_rehearsed is null || step <= _settings.CoarseSteps)
            return (_learnt, step);
        var (rehearsals, rest) = Math.DivRem(step - _settings.CoarseSteps, _settings.RehearseEvery);
        return rest == 0 ? (_rehearsed, rehearsals) : (_learnt, step - rehearsals);
    }

    private PromptKind KindAt(Lesson lesson, long place)
    {
        if (StepSeed.ShareOf(_settings.Seed, lesson.Kinds, (ulong)place) < _settings.Uncaptioned)
            return PromptKind.None;
        return StepSeed.ShareOf(_settings.Seed, lesson.Kinds, (ulong)place, 1) < _settings.PhrasePrompts
            ? PromptKind.Phrases
            : PromptKind.Words;
    }

    private (Caption Caption, CaptionRows Rows) Told(Lesson lesson, int example)
    {
        var caption = lesson.Pictures.Examples[example].Caption;
        return (caption, lesson.Rows[example] ??= RowsOf(caption));
    }

    private CaptionRows RowsOf(Caption caption) => CaptionRows.Of(_tokenizer, _text.Config.Positions, caption.Text);

    /// <summary>Pictures that steps learn from, in an order of their own.</summary>
    private sealed class Lesson(CaptionedLatents pictures, int batchSize, ulong seed, ulong orders)
    {
        public CaptionedLatents Pictures => pictures;

        public int BatchSize => batchSize;

        public EndlessOrder Order { get; } = new(pictures.Examples.Count, StepSeed.Of(seed, orders));

        public ulong Kinds => orders + 1;

        /// <summary>The captions' tokens, as far as they were read.</summary>
        public CaptionRows?[] Rows { get; } = new CaptionRows?[pictures.Examples.Count];
    }
}
