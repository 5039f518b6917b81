using System.Threading.Channels;

namespace Groundling.Data;

/// <summary>Decodes pictures and masks on several threads ahead of the reader, in an order that seed and epoch alone decide.</summary>
/// <remarks>
/// Batch k of an epoch always stands for the same examples, so work can go on from any batch. The channel is bounded: no more than
/// <see cref="BatchOptions.Ahead"/> batches wait, whatever the reader's pace.
/// </remarks>
public sealed class BatchLoader
{
    private readonly IReadOnlyList<BenchmarkExample> _examples;
    private readonly BatchOptions _options;
    private readonly BenchmarkFaults _faults;

    /// <param name="examples">What to load.</param>
    /// <param name="options">How.</param>
    /// <param name="faults">Counts the examples that cannot be used.</param>
    /// <exception cref="InputException">An option is out of range, or there are no examples.</exception>
    public BatchLoader(IReadOnlyList<BenchmarkExample> examples, BatchOptions options, BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(faults);
        if (examples.Count == 0)
            throw new InputException("There are no examples to load; check the data with: groundling data check DATA");
        (_examples, _options, _faults) = (examples, options.Validated(), faults);
    }

    /// <summary>Batches an epoch; the last may be smaller.</summary>
    public int Batches => (_examples.Count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>The batches of an epoch; dispose each when done with it. Batches of which no example can be used are passed over.</summary>
    /// <param name="epoch">Decides the order, with the seed.</param>
    /// <param name="firstBatch">Where to go on.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<Batch> Read(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var channel = Channel.CreateBounded<Task<BatchSample?>>(_options.Ahead * _options.BatchSize);
        var order = Order(epoch);
        int first = (int)Math.Min((long)firstBatch * _options.BatchSize, order.Length);
        var filling = Task.Run(() => Fill(channel.Writer, order.AsMemory(first), stop.Token), CancellationToken.None);
        try
        {
            for (int at = first, number = firstBatch; at < order.Length; at += _options.BatchSize, number++)
            {
                var samples = new List<BatchSample>(_options.BatchSize);
                for (int i = at; i < Math.Min(at + _options.BatchSize, order.Length); i++)
                    if (Take(channel.Reader, stop.Token) is { } sample)
                        samples.Add(sample);
                if (samples.Count > 0)
                    yield return new Batch(number, samples);
            }
        }
        finally
        {
            stop.Cancel();
            GiveBack(channel.Reader, filling);
        }
    }

    /// <summary>The examples' places in the order of an epoch.</summary>
    internal int[] Order(int epoch) => _options.Shuffle ? ShuffledOrder.Of(_examples.Count, _options.Seed, (ulong)epoch) : [.. Enumerable.Range(0, _examples.Count)];

    private async Task Fill(ChannelWriter<Task<BatchSample?>> writer, ReadOnlyMemory<int> order, CancellationToken stop)
    {
        int workers = _options.Workers > 0 ? _options.Workers : Environment.ProcessorCount;
        using var free = new SemaphoreSlim(workers);
        var working = new List<Task>();
        try
        {
            for (int i = 0; i < order.Length; i++)
            {
                await writer.WaitToWriteAsync(stop);
                await free.WaitAsync(stop);
                var example = _examples[order.Span[i]];
                var task = Task.Run(() => BatchSample.Load(example, _options, _faults), CancellationToken.None);
                working.RemoveAll(done => done.IsCompleted);
                working.Add(task.ContinueWith(_ => free.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
                writer.TryWrite(task);                                          // there was room, and nobody else writes
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone.
        }
        finally
        {
            await Task.WhenAll(working);
            writer.Complete();
        }
    }

    private static BatchSample? Take(ChannelReader<Task<BatchSample?>> reader, CancellationToken stop)
    {
        var waiting = reader.ReadAsync(stop);
        var task = waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
        return task.GetAwaiter().GetResult();
    }

    private static void GiveBack(ChannelReader<Task<BatchSample?>> reader, Task filling)
    {
        filling.GetAwaiter().GetResult();
        while (reader.TryRead(out var task))
            if (task.IsCompletedSuccessfully)
                task.Result?.Dispose();
    }
}
