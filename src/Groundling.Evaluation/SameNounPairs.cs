using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;

namespace Groundling.Evaluation;

/// <summary>
/// Pairs of phrases of one caption with the same noun and nothing in common in the picture: "the red boat" and "a white boat". Who answers
/// by nouns alone gives both the same mask.
/// </summary>
/// <param name="Pairs">How many there are.</param>
/// <param name="ToldApart">Of these, pairs in which each mask overlaps its own ground truth more than the other's.</param>
public sealed record SameNounPairs(int Pairs, int ToldApart)
{
    /// <summary>The share of pairs that are told apart; null of none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? Share => Pairs == 0 ? null : (double)ToldApart / Pairs;

    /// <summary>Counts them in one narrative.</summary>
    /// <param name="phrases">Its phrases.</param>
    /// <param name="truths">Their ground truth, at the judged size.</param>
    /// <param name="masks">What was answered, at the same size.</param>
    internal static SameNounPairs Of(
        IReadOnlyList<BenchmarkPhrase> phrases,
        IReadOnlyList<RunLengthMask> truths,
        IReadOnlyList<RunLengthMask> masks
    )
    {
        string[] nouns = [.. phrases.Select(phrase => NounPhraseChunker.English.HeadOf(phrase.Span.Text).Noun.ToLowerInvariant())];
        var (pairs, apart) = (0, 0);
        for (var i = 0; i < phrases.Count; i++)
        for (var k = i + 1; k < phrases.Count; k++)
        {
            if (nouns[i] != nouns[k] || phrases[i].Segments.Any(segment => phrases[k].Segments.Any(other => other.Id == segment.Id)))
                continue;
            pairs++;
            if (IsCloser(masks[i], truths[i], truths[k]) && IsCloser(masks[k], truths[k], truths[i]))
                apart++;
        }
        return new(pairs, apart);

        static bool IsCloser(RunLengthMask mask, RunLengthMask own, RunLengthMask other) => mask.IoU(own) > mask.IoU(other);
    }

    /// <summary>Of several narratives together.</summary>
    internal static SameNounPairs Sum(IEnumerable<SameNounPairs?> narratives)
    {
        var known = narratives.OfType<SameNounPairs>().ToList();
        return new(known.Sum(one => one.Pairs), known.Sum(one => one.ToldApart));
    }
}
