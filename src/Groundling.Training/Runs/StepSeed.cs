using Groundling.Core;

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
            state = SplitMix64.Finish((state ^ number) + 0x9E3779B97F4A7C15);
        return state;
    }

    /// <summary>The same as a number from 0 up to, but not including, 1.</summary>
    public static double ShareOf(params ReadOnlySpan<ulong> numbers) => (Of(numbers) >> 11) * (1.0 / (1UL << 53));
}
