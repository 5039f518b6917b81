using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>A model folder's own masks, as <see cref="GroundingPipeline"/> makes them.</summary>
/// <param name="pipeline">The opened model; disposed with this.</param>
/// <param name="size">The network's longer side; null for the size it was trained at.</param>
/// <param name="head">Whose masks; null as in <see cref="GroundingOptions.Head"/>.</param>
/// <param name="bare">Whether each phrase is given as a caption of its own.</param>
public sealed class PipelineSegmenter(GroundingPipeline pipeline, int? size, MaskHead? head = null, bool bare = false) : IPhraseSegmenter
{
    private readonly GroundingOptions _options = new GroundingOptions { Size = size ?? pipeline.NativeSize, Head = head }.Validated();

    /// <inheritdoc/>
    public string Name { get; } = bare ? $"{pipeline.MethodBy(head)}; phrases alone" : pipeline.MethodBy(head);

    /// <inheritdoc/>
    public int Size => _options.Size!.Value;

    /// <inheritdoc/>
    public double Threshold => pipeline.ThresholdOf(head);

    /// <summary>The frozen model.</summary>
    public StableDiffusion Diffusion => pipeline.Diffusion;

    /// <summary>The folder of the trained parts; null where there are none.</summary>
    public string? Trained => pipeline.Origin.Trained;

    /// <inheritdoc/>
    /// <exception cref="InputException">The picture cannot be read, a phrase has no letters, or the model's numbers overflow.</exception>
    public PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(given);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var encoded = pipeline.Encode(given.Picture, _options, cancellation);
        var example = given.Example;
        BenchmarkExample[] told = bare ? [.. example.Phrases.Select((_, phrase) => example.Alone(phrase))] : [example];
        var maps = told.Select(one => Probabilities(one.Caption)).ToArray();
        return new(encoded.Letterbox, (maps.Length == 1 ? maps[0] : cat(maps)).MoveToOuterDisposeScope());

        Tensor Probabilities(Caption one)
        {
            using var trace = pipeline.Trace(encoded, one, keepHeads: false, cancellation);
            return pipeline.Warnings(trace) is [var warning, ..]
                ? throw new InputException(warning)
                : pipeline.Probabilities(trace, head, cancellation);
        }
    }

    /// <summary>A picture's latents, at the network's size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="cancellation">Stops the encoder.</param>
    /// <returns>[1, C, h, w], of unit variance; the caller owns them.</returns>
    public Tensor Latents(Picture picture, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var encoded = pipeline.Encode(picture, _options, cancellation);
        return encoded.Latents.clone();
    }

    /// <summary>
    /// How well static prompts' attention ranks the pixels of some narratives, at each of <see cref="AttentionRanking.Times"/>; pictures of
    /// another size than their annotations are left out.
    /// </summary>
    /// <param name="cases">The narratives.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="InputException">A picture or its annotation cannot be read.</exception>
    public IReadOnlyList<AttentionFigures> Attention(IEnumerable<EvaluationCase> cases, CancellationToken cancellation = default)
    {
        var rankings = AttentionRanking
            .Times.Select(time => (Time: time, Ranking: new AttentionRanking(pipeline.Diffusion.UNet, pipeline.Diffusion.Schedule, time)))
            .ToList();
        var count = 0;
        foreach (var given in cases)
        {
            using var pause = CollectionPause.Begin();
            using var frozen = no_grad();
            var picture = given.Picture;
            if (given.OtherSize)
                continue;
            using var trace = pipeline.Trace(picture, given.Example.Caption, _options, keepHeads: false, cancellation);
            using var scope = NewDisposeScope();
            foreach (var (_, ranking) in rankings)
                ranking.Add(
                    trace.Latents,
                    trace.Caption.Phrases.unsqueeze(0),
                    trace.Caption.NullPhrase.unsqueeze(0),
                    trace.Letterbox,
                    given.Truth,
                    [.. given.Example.Phrases.Select(phrase => phrase.LastIsThing)],
                    cancellation
                );
            count++;
        }
        return [.. rankings.Select(pair => new AttentionFigures(pair.Time, count, pair.Ranking.Blocks))];
    }

    /// <summary>
    /// Whether phrases that are there are told from phrases that are not: of each narrative its own, and one with another noun and one with
    /// another colour.
    /// </summary>
    /// <param name="cases">The narratives.</param>
    /// <param name="absent">Makes phrases of what is not there.</param>
    /// <param name="cancellation">Stops between stages.</param>
    /// <exception cref="InputException">A picture cannot be read.</exception>
    public AbsentFigures Absent(IEnumerable<EvaluationCase> cases, AbsentPhrases absent, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(absent);
        var (present, nouns, colours) = (new List<(double, bool)>(), new List<(double, bool)>(), new List<(double, bool)>());
        var measure = "score";
        foreach (var given in cases)
        {
            using var pause = CollectionPause.Begin();
            using var encoded = pipeline.Encode(given.Picture, _options, cancellation);
            present.AddRange(Values(given.Example.Caption));
            var random = (ulong)given.Example.Index * 0x9E3779B97F4A7C15;
            if (absent.WithOtherNoun(given.Example, random) is { } noun)
                nouns.Add(Values(noun.Caption)[noun.Phrase]);
            if (AbsentPhrases.WithOtherColour(given.Example, random) is { } colour)
                colours.Add(Values(colour.Caption)[colour.Phrase]);

            List<(double, bool)> Values(Caption caption)
            {
                using var trace = pipeline.Trace(encoded, caption, keepHeads: false, cancellation);
                var grounded = pipeline.Ground(trace, given.Picture, caption, _options, cancellation).Phrases;
                if (grounded[0].Presence is not null)
                    measure = "presence";
                return [.. grounded.Select(phrase => (phrase.Presence ?? phrase.Score, phrase.Mask.Area == 0))];
            }
        }
        return AbsentFigures.Of(measure, present, nouns, colours);
    }

    /// <summary>Disposes the model.</summary>
    public void Dispose() => pipeline.Dispose();
}
