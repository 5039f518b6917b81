namespace Groundling.Training;

/// <summary>Seeds for the parts of a run, made from the run's seed and numbers that say which part.</summary>
public static class StepSeed
{
    /// <summary>A number that follows from the given ones alone, and differs in half of its bits when one of them changes.</summary>
    /// <remarks>The finalizer of SplitMix64 (Steele, Lea and Flood, 2014) over the numbers in turn.</remarks>
    public static ulong Of(params ReadOnlySpan<ulong> numbers)
    {
        ulong state = 0x9E3779B97F4A7C15;
        foreach (var number in numbers)
        {
            state = (state ^ number) + 0x9E3779B97F4A7C15;
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
            state ^= state >> 31;
        }
        return state;
    }
}
