using Groundling.Data;

namespace Groundling.Training;

/// <summary>
/// An infinite, shuffling sampler: the endless row of examples that a run reads: epoch after epoch, each in an order of its own, which
/// follows from the seed alone.
/// </summary>
/// <remarks>
/// Step s reads the places from (s - 1) G to s G - 1, where G is what all processes read together; each process takes a stretch of them.
/// So two processes with batches of B read what one with a batch of 2 B does.
/// </remarks>
/// <param name="count">How many examples there are, at least one.</param>
/// <param name="seed">Seed of the orders.</param>
public sealed class EndlessOrder(int count, ulong seed)
{
    private int[]? _order;
    private long _epoch = -1;

    /// <summary>The example at a place of the row.</summary>
    /// <param name="place">From 0.</param>
    public int this[long place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            var (epoch, within) = Math.DivRem(place, count);
            if (epoch != _epoch)
                (_order, _epoch) = (ShuffledOrder.Of(count, seed, (ulong)epoch), epoch);
            return _order![within];
        }
    }

    /// <summary>The places that a process reads in a step.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="each">How many examples each process reads a step.</param>
    /// <param name="collective">The processes.</param>
    public static IEnumerable<long> PlacesOf(long step, int each, ICollective collective)
    {
        var first = ((step - 1) * collective.Size + collective.Rank) * each;
        return Enumerable.Range(0, each).Select(i => first + i);
    }
}
