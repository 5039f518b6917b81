namespace Groundling.Evaluation;

/// <summary>How much a method has more than the first, on a set of phrases.</summary>
/// <param name="Value">Its average recall less the first's, as a fraction.</param>
/// <param name="Interval">Where it lies with 95 % confidence; null where the set has too few pictures to say.</param>
public sealed record MethodDifference(double Value, Interval? Interval)
{
    /// <summary>Whether the interval excludes 0.</summary>
    public bool IsClear => Interval is not null && !Interval.Holds(0);
}
