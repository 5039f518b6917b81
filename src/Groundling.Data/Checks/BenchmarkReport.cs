namespace Groundling.Data.Benchmark;

/// <summary>What a check of a split found.</summary>
/// <param name="Usable">Narratives with phrases whose files are there and agree.</param>
/// <param name="Pictures">Pictures and panoptic PNG files that were decoded.</param>
/// <param name="Faults">What was wrong, with examples.</param>
/// <param name="Statistics">What the narratives are like.</param>
public sealed record BenchmarkReport(int Usable, int Pictures, BenchmarkFaults Faults, BenchmarkStatistics Statistics);
