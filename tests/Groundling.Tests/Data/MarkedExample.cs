using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

/// <summary>Examples without files.</summary>
internal static class MarkedExample
{
    private const int FirstStuff = 92; // of COCO's categories

    /// <summary>An example whose phrases are those in brackets, each of one segment.</summary>
    public static BenchmarkExample Of(string marked, params (int Id, int Category)[] segments)
    {
        var caption = Caption.ParseBrackets(marked);
        var all = segments.Select(segment => new PanopticSegment(segment.Id, segment.Category, 100, default, false)).ToList();
        return new(
            0,
            "1",
            caption,
            [.. caption.Phrases.Zip(all, (span, segment) => new BenchmarkPhrase(span, [segment], false, segment.CategoryId < FirstStuff))],
            "",
            ""
        )
        {
            Segments = all,
        };
    }
}
