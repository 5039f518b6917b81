using System.Runtime.ExceptionServices;

#pragma warning disable CA1031                                                 // what a stage throws is thrown when its turn comes

namespace Groundling.Training;

/// <summary>
/// Work on a list of items in three stages, the first and the last on other threads: while one item is worked on, the next is made ready
/// and the one before is finished.
/// </summary>
public static class StagedWork
{
    /// <summary>The results, in the items' order; at most three items are on their way at any time.</summary>
    /// <param name="items">The items, read lazily on the caller's thread.</param>
    /// <param name="prepare">Makes an item ready.</param>
    /// <param name="work">What takes the longest, on the caller's thread.</param>
    /// <param name="finish">Makes the result.</param>
    /// <param name="stop">Looked at before each item is worked on.</param>
    /// <exception cref="OperationCanceledException">It was told to stop; what had been worked on was finished, and given.</exception>
    /// <remarks>What a stage throws ends the list, after the results of the items before.</remarks>
    public static IEnumerable<TResult> Run<TItem, TReady, TMade, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, TReady> prepare,
        Func<TReady, TMade> work,
        Func<TMade, TResult> finish,
        CancellationToken stop
    )
    {
        using var all = items.GetEnumerator();
        ExceptionDispatchInfo? fault = null;
        Task<TResult>? finishing = null;
        var next = Next();
        try
        {
            while (next is not null && fault is null)
            {
                var ready = next;
                next = Next();
                TMade? made = default;
                try
                {
                    stop.ThrowIfCancellationRequested();
                    made = work(ready.GetAwaiter().GetResult());
                }
                catch (Exception e)
                {
                    fault = ExceptionDispatchInfo.Capture(e);
                }
                var before = finishing;
                var result = before is null ? default : before.GetAwaiter().GetResult();
                finishing = fault is null ? Task.Run(() => finish(made!), CancellationToken.None) : null;
                if (before is not null)
                    yield return result!;
            }
            if (finishing is not null)
                yield return finishing.GetAwaiter().GetResult();
            fault?.Throw();
        }
        finally
        {
            // Nothing goes on behind the caller's back.
            Outlast(finishing);
            Outlast(next);
        }

        Task<TReady>? Next()
        {
            try
            {
                if (!all.MoveNext())
                    return null;
                var item = all.Current;
                return Task.Run(() => prepare(item), CancellationToken.None);
            }
            catch (Exception e)
            {
                return Task.FromException<TReady>(e); // its turn comes after the items before
            }
        }

        static void Outlast(Task? task)
        {
            if (task is not null)
                Task.WhenAny(task).GetAwaiter().GetResult();
        }
    }
}
