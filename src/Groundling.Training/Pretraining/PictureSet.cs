using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>Pictures of one side, and what the cache calls them.</summary>
internal sealed record PictureSet(
    string Name,
    IReadOnlyList<BenchmarkExample> Examples,
    IReadOnlyDictionary<int, PanopticCategory> Categories,
    int Side
)
{
    public IEnumerable<Caption> Captions => Examples.Select(example => example.Caption);
}
