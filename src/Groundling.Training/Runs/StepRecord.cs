namespace Groundling.Training;

/// <summary>What came of a step: a line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Losses">The losses, means over all processes.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="ImagesPerSecond">Pictures of all processes over the step's time.</param>
/// <param name="ResidentBytes">Memory that this process holds.</param>
public sealed record StepRecord(
    long Step,
    StepLosses Losses,
    double GradientNorm,
    double LearningRate,
    double ImagesPerSecond,
    long ResidentBytes
);
