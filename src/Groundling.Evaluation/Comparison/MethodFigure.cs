namespace Groundling.Evaluation;

/// <summary>A method's average recall on a set of phrases.</summary>
/// <param name="AverageRecall">As a fraction; the mean over its evaluations.</param>
/// <param name="Spread">The standard deviation over its evaluations (n - 1); null for one.</param>
public sealed record MethodFigure(double AverageRecall, double? Spread)
{
    internal static MethodFigure Of(IReadOnlyList<double> seeds)
    {
        double mean = seeds.Average();
        return new(mean, seeds.Count < 2 ? null : Math.Sqrt(seeds.Sum(s => (s - mean) * (s - mean)) / (seeds.Count - 1)));
    }
}
