namespace Groundling.Evaluation;

/// <summary>Where a figure lies with 95 % confidence.</summary>
/// <param name="Low">The 2.5 % quantile.</param>
/// <param name="High">The 97.5 % quantile.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>The share of such intervals that hold the true value.</summary>
    public const double Confidence = 0.95;

    /// <summary>Whether a value lies inside, ends included.</summary>
    public bool Holds(double value) => Low <= value && value <= High;

    /// <summary>The interval between the quantiles of a sample, interpolated linearly between its sorted values.</summary>
    /// <param name="sample">At least one value; is sorted.</param>
    internal static Interval Of(Span<double> sample)
    {
        sample.Sort();
        const double tail = (1 - Confidence) / 2;
        return new(Quantile(sample, tail), Quantile(sample, 1 - tail));
    }

    private static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double rest = place - below;
        return rest == 0 ? sorted[below] : sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }
}
