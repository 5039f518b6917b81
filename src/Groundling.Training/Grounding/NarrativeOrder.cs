using Groundling.Data;

namespace Groundling.Training;

/// <summary>The endless row of narratives that a run reads: epoch after epoch, each in an order of its own, some mirrored.</summary>
/// <remarks>
/// What stands at a place follows from the seed alone. Step s reads the places from (s - 1) G to s G - 1, where G is what all processes
/// read together; each process takes a stretch of them. So two processes with batches of B read what one with a batch of 2 B does.
/// </remarks>
/// <param name="examples">What there is to read, at least one.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="flip">Whether half of them are mirrored.</param>
public sealed class NarrativeOrder(IReadOnlyList<BenchmarkExample> examples, ulong seed, bool flip)
{
    private const ulong Orders = 1, Flips = 2;                                 // streams of random numbers that have nothing to do with each other
    private int[]? _order;
    private long _epoch = -1;

    /// <summary>The narrative at a place, and whether it is mirrored.</summary>
    /// <param name="place">From 0.</param>
    public (BenchmarkExample Example, bool Mirrored) this[long place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            var (epoch, within) = Math.DivRem(place, examples.Count);
            if (epoch != _epoch) (_order, _epoch) = (ShuffledOrder.Of(examples.Count, StepSeed.Of(seed, Orders), (ulong)epoch), epoch);
            return (examples[_order![within]], flip && (StepSeed.Of(seed, Flips, (ulong)place) & 1) != 0);
        }
    }

    /// <summary>The places that a process reads in a step.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="count">How many narratives each process reads a step.</param>
    /// <param name="collective">The processes.</param>
    public static IEnumerable<long> PlacesOf(long step, int count, ICollective collective)
    {
        var first = ((step - 1) * collective.Size + collective.Rank) * count;
        return Enumerable.Range(0, count).Select(i => first + i);
    }
}
