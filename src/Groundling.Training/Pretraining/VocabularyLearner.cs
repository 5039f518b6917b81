using Groundling.Diffusion;

namespace Groundling.Training;

/// <summary>
/// Learns a byte-pair encoding (BPE) vocabulary from captions (Sennrich et al. 2016): the commonest pair of neighbours becomes one token,
/// again and again.
/// </summary>
public static class VocabularyLearner
{
    /// <summary>
    /// The merges that make tokens of the captions' words, the commonest first, until every word is one token or the limit is reached.
    /// </summary>
    /// <param name="captions">What to learn from.</param>
    /// <param name="most">The most merges.</param>
    /// <returns>
    /// Pairs, in the order in which they are merged. The same captions give the same pairs; ties go to the first in ordinal order.
    /// </returns>
    public static IReadOnlyList<(string Left, string Right)> Learn(IEnumerable<string> captions, int most)
    {
        var words = captions
            .SelectMany(ClipTokenizer.Words)
            .CountBy(word => word)
            .Select(pair => (Symbols: ByteVocabulary.Spell(pair.Key).ToList(), Count: (long)pair.Value))
            .ToList();
        var merges = new List<(string Left, string Right)>();
        while (merges.Count < most && Commonest(words) is { } pair)
        {
            merges.Add(pair);
            foreach (var (symbols, _) in words)
                Merge(symbols, pair);
        }
        return merges;
    }

    private static (string Left, string Right)? Commonest(List<(List<string> Symbols, long Count)> words)
    {
        var counts = new Dictionary<(string Left, string Right), long>();
        foreach (var (symbols, count) in words)
            for (var i = 1; i < symbols.Count; i++)
                counts[(symbols[i - 1], symbols[i])] = counts.GetValueOrDefault((symbols[i - 1], symbols[i])) + count;
        return counts.Count == 0
            ? null
            : counts
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
                .First()
                .Key;
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (var i = 1; i < symbols.Count; i++)
        {
            if ((symbols[i - 1], symbols[i]) != pair)
                continue;
            symbols[i - 1] += symbols[i];
            symbols.RemoveAt(i);
        }
    }
}
