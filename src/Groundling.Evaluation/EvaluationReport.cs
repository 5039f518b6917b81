using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>
/// The figures of an evaluation. Equal settings and results give an equal report, to the last digit, but for <see cref="Run"/>.
/// </summary>
/// <param name="Settings">What the figures depend on.</param>
/// <param name="Counts">How much was judged.</param>
/// <param name="AverageRecall">The benchmark's metric, as a fraction.</param>
/// <param name="ShareAboveHalf">Share of phrases with IoU above 0.5.</param>
/// <param name="MeanIou">Mean IoU.</param>
/// <param name="Faults">What the data get wrong, a line a kind.</param>
/// <param name="Categories">By category, the commonest first.</param>
public sealed record EvaluationReport(
    EvaluationSettings Settings,
    EvaluationCounts Counts,
    GroupFigures AverageRecall,
    GroupFigures ShareAboveHalf,
    GroupFigures MeanIou,
    IReadOnlyList<string> Faults,
    IReadOnlyList<CategoryFigures> Categories
)
{
    /// <summary>How well the attention of static prompts ranks pixels; null where it was not looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AttentionFigures>? Attention { get; init; }

    /// <summary>Phrases of one caption with the same noun, and whether they were told apart; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SameNounPairs? SameNoun { get; init; }

    /// <summary>Phrases of what is not in the picture; null where they were not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AbsentFigures? Absent { get; init; }

    /// <summary>Whether the frozen model knows nouns and colours; null where it was not asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WordFigures>? Words { get; init; }

    /// <summary>Whether these are COCO's validation narratives, all of them: what published figures are about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsCocoValidation { get; init; }

    /// <summary>Where the evaluation came from; null where it was not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EvaluationRun? Run { get; init; }

    /// <summary>Sums up.</summary>
    /// <param name="settings">What the figures depend on.</param>
    /// <param name="results">Every narrative once, in any order.</param>
    /// <param name="faults">What reading the data found.</param>
    /// <param name="categories">The categories by id.</param>
    public static EvaluationReport From(
        EvaluationSettings settings,
        IEnumerable<NarrativeResult> results,
        BenchmarkFaults faults,
        IReadOnlyDictionary<int, PanopticCategory> categories
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(faults);
        var rule = GroupRule.Named(settings.Groups);
        NarrativeResult[] narratives = [.. results.OrderBy(r => r.Narrative)];
        PhraseResult[] phrases = [.. narratives.SelectMany(r => r.Phrases)];
        int Count(PhraseGroup group) => phrases.Count(p => rule.Contains(group, p));
        double[] IoUs(PhraseGroup group) => [.. phrases.Where(p => rule.Contains(group, p)).Select(p => p.IoU)];
        return new(
            settings,
            new(
                narratives.Length,
                narratives.Select(r => r.ImageId).Distinct().Count(),
                phrases.Length,
                Count(PhraseGroup.Things),
                Count(PhraseGroup.Stuff),
                Count(PhraseGroup.Singulars),
                Count(PhraseGroup.Plurals),
                phrases.Count(p => p.Missing)
            ),
            GroupFigures.Of(group => Evaluation.AverageRecall.Of(IoUs(group))),
            GroupFigures.Of(group => ShareAbove(IoUs(group))),
            GroupFigures.Of(group => Mean(IoUs(group))),
            Described(faults, narratives),
            [
                .. phrases
                    .GroupBy(p => p.CategoryId)
                    .Select(g => Category(g, categories))
                    .OrderByDescending(c => c.Phrases)
                    .ThenBy(c => c.Name, StringComparer.Ordinal),
            ]
        )
        {
            SameNoun = SameNounPairs.Sum(narratives.Select(narrative => narrative.SameNoun)) is { Pairs: > 0 } pairs ? pairs : null,
            IsCocoValidation = PublishedResult.IsAbout(settings, narratives.Length, categories),
        };
    }

    /// <summary>The report as JSON: fractions in full precision.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Indented) + "\n";

    private static CategoryFigures Category(IGrouping<int, PhraseResult> phrases, IReadOnlyDictionary<int, PanopticCategory> categories)
    {
        double[] ious = [.. phrases.Select(p => p.IoU)];
        var category = categories.GetValueOrDefault(phrases.Key);
        return new(
            phrases.Key,
            category?.Name ?? $"category {phrases.Key}",
            category?.IsThing ?? false,
            ious.Length,
            Evaluation.AverageRecall.Of(ious)!.Value,
            ShareAbove(ious)!.Value,
            Mean(ious)!.Value
        );
    }

    private static List<string> Described(BenchmarkFaults faults, NarrativeResult[] narratives)
    {
        // Areas are counted with the results, which an earlier run may have made, and not while reading.
        List<string> lines = [.. faults.Describe()];
        Add(narratives.Sum(r => r.WrongAreas), "segments of a narrative do not have as many pixels as their area says (pixels used)");
        Add(narratives.Count(r => r.OtherSize), "narratives have a picture of another size than its annotation (annotation's used)");
        return lines;

        void Add(int count, string what)
        {
            if (count > 0)
                lines.Add($"{count} {what}");
        }
    }

    private static double? ShareAbove(double[] ious) => ious.Length == 0 ? null : (double)ious.Count(iou => iou > 0.5) / ious.Length;

    private static double? Mean(double[] ious) => ious.Length == 0 ? null : ious.Sum() / ious.Length;
}
