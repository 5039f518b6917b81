using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>The line of requests before the model. Any thread puts work in; one thread does it, as the engine behind the model has process-wide state.</summary>
/// <param name="capacity">How many may wait.</param>
/// <param name="batch">How many are taken at a time.</param>
/// <param name="metrics">Told of waits and batches.</param>
internal sealed class WorkQueue(int capacity, int batch, ServiceMetrics metrics)
{
    private const double FirstGuess = 1, Smoothing = 0.2;
    private readonly Channel<Work> _waiting = Channel.CreateBounded<Work>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly int _capacity = capacity;
    private int _free = capacity;
    private double _secondsEach = FirstGuess;
    private volatile bool _isClosed;

    /// <summary>Places taken: requests that wait, or whose picture is being decoded.</summary>
    public int Length => _capacity - Volatile.Read(ref _free);

    /// <summary>Whether nothing more is taken in.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>How long the line is, by the time that requests took so far.</summary>
    public int SecondsToWait => (int)Math.Clamp(Math.Ceiling(Length * Volatile.Read(ref _secondsEach)), 1, 3600);

    /// <summary>Refuses where a request would have no place, before its body is read.</summary>
    /// <exception cref="RequestException">All places are taken, or the line is closed.</exception>
    public void RequireRoom()
    {
        if (IsClosed) throw Closed();
        if (Volatile.Read(ref _free) <= 0) throw Full();
    }

    /// <summary>Takes a place before the costly preparation of the work; refuses where there is none.</summary>
    /// <exception cref="RequestException">All places are taken, or the line is closed.</exception>
    public Place Reserve()
    {
        if (IsClosed) throw Closed();
        if (Interlocked.Decrement(ref _free) >= 0) return new(this);
        Interlocked.Increment(ref _free);
        throw Full();
    }

    /// <summary>Takes nothing more in; what waits is still done.</summary>
    public void Close()
    {
        _isClosed = true;
        _waiting.Writer.TryComplete();
    }

    /// <summary>Does the work of the line on the calling thread until it is closed and empty.</summary>
    public void Run(GroundingEngine engine)
    {
        var taken = new List<Work>(batch);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            taken.Clear();
            while (taken.Count < batch && _waiting.Reader.TryRead(out var next)) taken.Add(next);
            metrics.Taken(taken.Count);
            foreach (var work in taken.GroupBy(work => work.Group).SelectMany(group => group)) Do(work, engine);
        }
    }

    private void Do(Work work, GroundingEngine engine)
    {
        Interlocked.Increment(ref _free);
        metrics.Waited(Stopwatch.GetElapsedTime(work.Since).TotalSeconds);
        var begun = Stopwatch.GetTimestamp();
        if (!work.Do(engine)) return;
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        metrics.Worked(seconds);
        Volatile.Write(ref _secondsEach, _secondsEach + Smoothing * (seconds - _secondsEach));
    }

    private RequestException Full() => new(StatusCodes.Status429TooManyRequests, $"{_capacity} requests wait already; try again later")
    {
        RetryAfter = SecondsToWait,
    };

    private static RequestException Closed() => new(StatusCodes.Status503ServiceUnavailable, "the service is shutting down; try again in a moment") { RetryAfter = 5 };

    /// <summary>A place in the line; free again when the work begins, or when this object is disposed before there is any.</summary>
    internal sealed class Place(WorkQueue queue) : IDisposable
    {
        private bool _isUsed;

        /// <summary>Has work done by the model's thread.</summary>
        /// <param name="task">The work.</param>
        /// <param name="group">Work of equal groups is done together where it waits together.</param>
        /// <param name="cancellation">Drops the work, or stops it.</param>
        public Task<T> Do<T>(Func<GroundingEngine, CancellationToken, T> task, object group, CancellationToken cancellation)
        {
            var work = new Work<T>(task, group, cancellation);
            if (!queue._waiting.Writer.TryWrite(work)) throw Closed();
            _isUsed = true;
            return work.Result;
        }

        public void Dispose()
        {
            if (!_isUsed) Interlocked.Increment(ref queue._free);
            _isUsed = true;
        }
    }

    private abstract class Work(object group)
    {
        public object Group => group;

        public long Since { get; } = Stopwatch.GetTimestamp();

        /// <returns>Whether it was done to the end.</returns>
        public abstract bool Do(GroundingEngine engine);
    }

    private sealed class Work<T>(Func<GroundingEngine, CancellationToken, T> task, object group, CancellationToken cancellation) : Work(group)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task.WaitAsync(cancellation);

        public override bool Do(GroundingEngine engine)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();                   // nobody waits for it any more
                _result.SetResult(task(engine, cancellation));
                return true;
            }
            catch (OperationCanceledException)
            {
                _result.SetCanceled(cancellation);
            }
            catch (Exception e)
            {
                _result.SetException(e);                                       // the next request is served all the same
            }
            return false;
        }
    }
}
