using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>Pictures' latents with what tells of them, in the same order.</summary>
/// <param name="Latents">Rows of a <see cref="LatentStore"/>.</param>
/// <param name="Examples">Captions with their noun phrases, and what is in the pictures.</param>
/// <param name="Categories">The categories of what is in the pictures, by id.</param>
public sealed record CaptionedLatents(
    RowStore Latents,
    IReadOnlyList<BenchmarkExample> Examples,
    IReadOnlyDictionary<int, PanopticCategory> Categories
);
