namespace Groundling.Data.Benchmark;

/// <summary>Work on several threads whose results come in the order of what went in.</summary>
internal static class OrderedWork
{
    /// <summary>Results in the source's order; at most twice as many as there are processors are in the making or waiting.</summary>
    public static IEnumerable<TResult> Select<T, TResult>(IEnumerable<T> source, Func<T, TResult> work)
    {
        int ahead = 2 * Environment.ProcessorCount;
        var running = new Queue<Task<TResult>>();
        foreach (var item in source)
        {
            running.Enqueue(Task.Run(() => work(item)));
            if (running.Count >= ahead)
                yield return running.Dequeue().GetAwaiter().GetResult();
        }
        while (running.TryDequeue(out var task))
            yield return task.GetAwaiter().GetResult();
    }
}
