using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Training;

/// <summary>
/// Measures a model in training as <c>groundling evaluate</c> does: average recall of the five groups, and some pictures.
/// </summary>
/// <param name="benchmark">The split to measure on.</param>
/// <param name="settings">How much of it, and by which rules.</param>
/// <param name="threshold">A pixel is inside when its probability is greater.</param>
public sealed class GroundingValidation(PngBenchmark benchmark, TrainingDataSettings settings, double threshold)
{
    private readonly GroupRule _groups = GroupRule.Named(settings.Groups);
    private readonly Evaluator _evaluator = new(benchmark, ResolutionProtocol.Named(settings.Protocol));

    /// <summary>Grounds and judges the narratives.</summary>
    /// <param name="segmenter">The model.</param>
    /// <param name="stop">Stops between narratives.</param>
    /// <exception cref="InputException">The split holds no phrase with ground truth.</exception>
    public Validation Measure(IPhraseSegmenter segmenter, CancellationToken stop)
    {
        var phrases = new List<PhraseResult>();
        var pictures = new List<(string, Picture)>();
        foreach (var given in _evaluator.Cases(new BenchmarkFaults(), settings.ValidationLimit == 0 ? null : settings.ValidationLimit))
        {
            stop.ThrowIfCancellationRequested();
            var result = _evaluator.Evaluate(given, segmenter, threshold, stop);
            if (pictures.Count < settings.Pictures)
                pictures.Add(($"narrative {given.Example.Index}", ResultOverlay.Render(given, result, segmenter.Size)));
            phrases.AddRange(result.WithoutMasks().Phrases);
        }
        if (phrases.Count == 0)
            throw new InputException(
                $"{benchmark.NarrativesPath} holds no phrase with ground truth to measure on; name another data.validation, or none"
            );
        var figures = Enum.GetValues<PhraseGroup>()
            .Select(group =>
                (
                    Name: $"average_recall.{group.ToString().ToLowerInvariant()}",
                    Value: AverageRecall.Of(phrases.Where(phrase => _groups.Contains(group, phrase)).Select(phrase => phrase.IoU))
                )
            )
            .Where(figure => figure.Value is not null)
            .Select(figure => (figure.Name, figure.Value!.Value))
            .ToList();
        return new(figures[0].Value, figures, pictures);
    }
}
