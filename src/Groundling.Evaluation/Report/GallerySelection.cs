using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>Which narratives a report shows: the best, the worst and some at random, each picture once.</summary>
/// <param name="Best">By mean IoU, the best first.</param>
/// <param name="Worst">By mean IoU, the worst first.</param>
/// <param name="Random">By lot from the others; the same lot every time.</param>
public sealed record GallerySelection(IReadOnlyList<int> Best, IReadOnlyList<int> Worst, IReadOnlyList<int> Random)
{
    private const int Cases = 6;

    /// <summary>All of them.</summary>
    public IEnumerable<int> All => Best.Concat(Worst).Concat(Random);

    /// <summary>Chooses. Narratives of several phrases come first: one good phrase is easily had.</summary>
    public static GallerySelection From(IReadOnlyList<NarrativeResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var left = results.OrderBy(r => r.Narrative).DistinctBy(r => r.ImageId).ToList();
        int each = Math.Clamp(left.Count / 3, Math.Min(1, left.Count), Cases);
        var best = Take(left.OrderByDescending(r => r.Phrases.Count > 1).ThenByDescending(r => r.MeanIoU));
        var worst = Take(left.OrderByDescending(r => r.Phrases.Count > 1).ThenBy(r => r.MeanIoU));
        var lot = new Random(0);
        return new(best, worst, Take(left.OrderBy(_ => lot.Next())));

        List<int> Take(IEnumerable<NarrativeResult> order)
        {
            var taken = order.Take(each).Select(r => r.Narrative).ToList();
            left.RemoveAll(r => taken.Contains(r.Narrative));
            return taken;
        }
    }
}
