using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>What is in a picture, and what its caption's phrases name of it, as categories: no place of anything is known.</summary>
/// <param name="Categories">Of all that is in the picture, named or not.</param>
/// <param name="OfPhrases">Of each phrase; none where it names nothing that can be seen.</param>
public sealed record PictureTags(IReadOnlySet<int> Categories, IReadOnlyList<IReadOnlySet<int>> OfPhrases)
{
    /// <summary>A narrative's.</summary>
    public static PictureTags Of(BenchmarkExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return new(CategoriesOf(example.Segments), [.. example.Phrases.Select(phrase => CategoriesOf(phrase.Segments))]);
    }

    private static HashSet<int> CategoriesOf(IEnumerable<PanopticSegment> segments) => [.. segments.Select(segment => segment.CategoryId)];
}
