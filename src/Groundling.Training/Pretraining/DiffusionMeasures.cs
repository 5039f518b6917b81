using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Evaluation;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// How good a UNet is: its losses, whether it knows words, whether its attention finds what they name, and pictures to look at.
/// </summary>
internal sealed class DiffusionMeasures
{
    private const int ShownPictures = 4,
        ShownSteps = 20;
    private readonly DiffusionSettings _settings;
    private readonly PredictionType _prediction;
    private readonly NoiseSchedule _schedule;
    private readonly ClipTokenizer _tokenizer;
    private readonly TextEncoder _text;
    private readonly Vae _vae;
    private readonly CaptionedLatents _pictures;
    private readonly LatentNoise _noise;
    private readonly IReadOnlyList<WordQuestions> _words;

    /// <param name="settings">How many pictures.</param>
    /// <param name="prediction">What the UNet's output means.</param>
    /// <param name="schedule">How noise grows.</param>
    /// <param name="tokenizer">Text to tokens.</param>
    /// <param name="text">The text encoder.</param>
    /// <param name="vae">The autoencoder of the latents.</param>
    /// <param name="pictures">What is measured on.</param>
    public DiffusionMeasures(
        DiffusionSettings settings,
        PredictionType prediction,
        NoiseSchedule schedule,
        ClipTokenizer tokenizer,
        TextEncoder text,
        Vae vae,
        CaptionedLatents pictures
    )
    {
        (_settings, _prediction, _schedule, _tokenizer, _text, _vae, _pictures, _noise) = (
            settings,
            prediction,
            schedule,
            tokenizer,
            text,
            vae,
            pictures,
            new(vae, schedule)
        );
        _words = WordQuestions.Of(pictures.Examples, pictures.Categories);
    }

    /// <summary>
    /// Measures a UNet, with the same noise each time. The score is the mean of what is known of words and of attention; where the pictures
    /// ask for neither, the loss with captions, negative.
    /// </summary>
    /// <param name="unet">The UNet.</param>
    /// <param name="stop">Stops between pictures.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Validation Measure(UNet unet, CancellationToken stop)
    {
        var limit =
            _settings.ValidationLimit == 0 ? _pictures.Examples.Count : Math.Min(_settings.ValidationLimit, _pictures.Examples.Count);
        var losses = Enum.GetValues<PromptKind>().ToDictionary(kind => kind, kind => Loss(unet, kind, limit, stop));
        var scores = losses.Select(pair => ($"loss_{pair.Key.ToString().ToLowerInvariant()}", pair.Value)).ToList();
        var known = new List<double>();
        var classifier = new DiffusionClassifier(_schedule, _prediction, _tokenizer, _text);
        foreach (var (name, _, questions) in _words)
            if (classifier.Accuracy(unet, questions, row => _noise.Mean(_pictures.Latents.Gather([row])), stop) is { } accuracy)
                Known(name, accuracy);
        foreach (var time in AttentionRanking.Times)
        {
            var figures = Rank(unet, time, Math.Min(AttentionRanking.Narratives, limit), stop);
            if (figures.Best.Things is { } things)
                Known($"auc_{time}_things", things);
            if (figures.Best.Stuff is { } stuff)
                Known($"auc_{time}_stuff", stuff);
        }
        return new(
            known.Count > 0 ? known.Average() : -(losses[PromptKind.Words] + losses[PromptKind.Phrases]) / 2,
            scores,
            [("samples", Samples(unet, stop))]
        );

        void Known(string name, double value)
        {
            scores.Add((name, value));
            known.Add(value);
        }
    }

    private double Loss(UNet unet, PromptKind kind, int limit, CancellationToken stop)
    {
        using var generator = new Generator(StepSeed.Of(_settings.Seed, RunStreams.Measuring));
        var sum = 0.0;
        foreach (var rows in Enumerable.Range(0, limit).Chunk(_settings.BatchSize))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var latents = _noise.Draw(_pictures.Latents.Gather(rows), generator);
            var (times, noise) = (_noise.Times(rows.Length, generator), LatentNoise.Like(latents, generator));
            var (states, mask) = Prompts(rows, kind);
            using var output = unet.call(_schedule.AddNoise(latents, noise, times), times, new TextPrompt(states, mask));
            sum += rows.Length * functional.mse_loss(output.Prediction, _schedule.Target(latents, noise, times, _prediction)).item<float>();
        }
        return sum / limit;
    }

    private AttentionFigures Rank(UNet unet, long time, int limit, CancellationToken stop)
    {
        var ranking = new AttentionRanking(unet, _schedule, time);
        var faults = new BenchmarkFaults();
        foreach (var row in Enumerable.Range(0, limit).Where(row => _pictures.Examples[row].Phrases.Count > 0))
        {
            using var scope = NewDisposeScope();
            var (example, latents) = (_pictures.Examples[row], _noise.Mean(_pictures.Latents.Gather([row])));
            var states = Prompts([row], PromptKind.Phrases).States; // [1, 1 + N, Ct]
            var (side, truth) = ((int)(latents.shape[3] * _vae.Stride), example.LoadMasks(faults));
            ranking.Add(
                latents,
                states.narrow(1, 1, states.shape[1] - 1),
                states.select(1, 0),
                Letterbox.Fit(truth[0].Width, truth[0].Height, side),
                truth,
                [.. example.Phrases.Select(phrase => phrase.LastIsThing)],
                stop
            );
        }
        return new(time, limit, ranking.Blocks);
    }

    private (Tensor States, Tensor? Mask) Prompts(IEnumerable<int> rows, PromptKind kind)
    {
        var captions = rows.Select(row => _pictures.Examples[row].Caption).Select(caption => (caption, Rows(caption.Text), kind));
        return new PromptBatch(captions, Rows("")).Encode(_text);
    }

    private CaptionRows Rows(string text) => CaptionRows.Of(_tokenizer, _text.Config.Positions, text);

    private Picture Samples(UNet unet, CancellationToken stop)
    {
        var sampler = new ImageSampler(_tokenizer, _text, _vae, unet, _schedule, _prediction);
        var side = (int)(_pictures.Latents.RowShape[1] * _vae.Stride);
        var images = _pictures
            .Examples.Take(ShownPictures)
            .Select(
                (example, i) =>
                    sampler.Sample(
                        example.Caption.Text,
                        new()
                        {
                            Steps = ShownSteps,
                            Seed = (ulong)i,
                            Size = side,
                        },
                        cancellation: stop
                    )
            )
            .ToList();
        return PictureGrid.Of(cat(images), images.Count);
    }
}
