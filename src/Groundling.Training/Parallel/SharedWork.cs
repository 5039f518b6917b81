using System.Text.Json;
using Groundling.Data.NounPhrases;

namespace Groundling.Training;

/// <summary>A list of work done by several processes together, with the results in process 0 as if it had done all.</summary>
public static class SharedWork
{
    private const int ItemsAtOnce = 4; // of each process between two exchanges

    /// <summary>Process r works on the items r, r + size, r + 2 size, ...; process 0 takes all results in the items' order.</summary>
    /// <param name="processes">Who works; all with the same items.</param>
    /// <param name="items">The items, read lazily.</param>
    /// <param name="work">
    /// Makes the results of some items, in their order and as they are asked for; where it throws, the exception goes on to the caller of
    /// its process.
    /// </param>
    /// <param name="take">Called in process 0 with each result.</param>
    /// <param name="json">How results travel between processes.</param>
    /// <param name="stop">Told to any process, it stops all.</param>
    /// <exception cref="OperationCanceledException">A process was told to stop; what had been taken is whole and in order.</exception>
    public static void Run<TItem, TResult>(
        ICollective processes,
        IEnumerable<TItem> items,
        Func<IEnumerable<TItem>, IEnumerable<TResult>> work,
        Action<TResult> take,
        JsonSerializerOptions json,
        CancellationToken stop
    )
    {
        if (processes.Size == 1)
        {
            foreach (var result in work(Until(items)))
                take(result);
            return;
        }
        foreach (var round in items.Chunk(ItemsAtOnce * processes.Size))
        {
            var own = new List<TResult>();
            try
            {
                own.AddRange(work(Until(round.Where((_, i) => i % processes.Size == processes.Rank))));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // What is done is kept; the others learn of it below.
            }
            var all = processes
                .Gather(JsonSerializer.Serialize(own, json))
                .Select(text => JsonSerializer.Deserialize<List<TResult>>(text, json)!)
                .ToList();
            if (processes.Rank == 0)
            {
                // A process that was stopped leaves a gap: only what lies before the first one is in order.
                for (var i = 0; i < round.Length && i / processes.Size < all[i % processes.Size].Count; i++)
                    take(all[i % processes.Size][i / processes.Size]);
            }
            if (processes.Any(stop.IsCancellationRequested))
                throw new OperationCanceledException(stop.IsCancellationRequested ? stop : default);
        }

        IEnumerable<TItem> Until(IEnumerable<TItem> some)
        {
            foreach (var item in some)
            {
                stop.ThrowIfCancellationRequested();
                yield return item;
            }
        }
    }
}
