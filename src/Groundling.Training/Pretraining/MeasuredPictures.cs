using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>What the UNet is measured on.</summary>
/// <param name="Latents">Rows of a <see cref="LatentStore"/>.</param>
/// <param name="Examples">The same pictures' captions, segments and masks.</param>
/// <param name="Categories">The segments' categories by id.</param>
public sealed record MeasuredPictures(
    RowStore Latents,
    IReadOnlyList<BenchmarkExample> Examples,
    IReadOnlyDictionary<int, PanopticCategory> Categories
);
