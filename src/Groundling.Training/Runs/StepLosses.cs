namespace Groundling.Training;

/// <summary>The losses of a step.</summary>
/// <param name="Total">What was followed backwards.</param>
/// <param name="Parts">Each loss by name, always the same names in the same order.</param>
public sealed record StepLosses(double Total, IReadOnlyList<(string Name, double Value)> Parts);
