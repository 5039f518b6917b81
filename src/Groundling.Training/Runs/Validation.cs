using Groundling.Data;

namespace Groundling.Training;

/// <summary>How good the weights are.</summary>
/// <param name="Score">What is to grow; the checkpoint with the largest is kept as the best.</param>
/// <param name="Scores">All figures by name.</param>
/// <param name="Pictures">Pictures to look at, by name.</param>
public sealed record Validation(
    double Score,
    IReadOnlyList<(string Name, double Value)> Scores,
    IReadOnlyList<(string Name, Picture Picture)> Pictures
);
