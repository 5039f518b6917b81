using System.Diagnostics;
using System.Threading.Channels;
using Groundling.Data.NounPhrases;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>
/// The line of requests before the model. Any thread puts work in; one thread does it, as the engine behind the model has process-wide
/// state.
/// </summary>
/// <param name="capacity">How many may wait.</param>
/// <param name="batch">How many are taken at a time.</param>
/// <param name="limit">The longest line in seconds, and the longest work.</param>
/// <param name="metrics">Told of waits and batches.</param>
internal sealed class WorkQueue(int capacity, int batch, TimeSpan limit, ServiceMetrics metrics)
{
    private const double FirstGuess = 1,
        Smoothing = 0.2;
    private readonly Lock _gate = new();
    private readonly Channel<Work> _waiting = Channel.CreateBounded<Work>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private int _taken,
        _preparing;
    private double _secondsEach = FirstGuess;
    private volatile bool _isClosed;

    /// <summary>Places taken: requests that wait, or whose picture is being decoded.</summary>
    public int Length => Volatile.Read(ref _taken);

    /// <summary>Whether nothing more is taken in.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Refuses where a request would have no place, before its body is read.</summary>
    /// <exception cref="RequestException">All places are taken, the line is too long, or closed.</exception>
    public void RequireRoom()
    {
        if (_isClosed)
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "the service is shutting down; try again in a moment")
            {
                RetryAfter = 5,
            };
        if (Length >= capacity)
            throw Busy($"{capacity} requests wait already; try again later");
        if (SecondsOfLine > limit.TotalSeconds)
            throw Busy($"the requests that wait already take about {SecondsOfLine:F0} seconds; try again later");
    }

    /// <summary>
    /// Takes a place before the costly preparation of the work; refuses where there is none. Who has a place has an answer, though the line
    /// closes meanwhile.
    /// </summary>
    /// <exception cref="RequestException">All places are taken, the line is too long, or closed.</exception>
    public Place Reserve()
    {
        lock (_gate)
        {
            RequireRoom();
            _taken++;
            _preparing++;
        }
        return new(this);
    }

    /// <summary>Takes nothing more in; who has a place still gets an answer.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_preparing == 0)
                _waiting.Writer.TryComplete();
        }
    }

    /// <summary>Does the work of the line on the calling thread until it is closed and empty.</summary>
    public void Run(GroundingEngine engine)
    {
        var taken = new List<Work>(batch);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            taken.Clear();
            while (taken.Count < batch && _waiting.Reader.TryRead(out var next))
                taken.Add(next);
            metrics.Taken(taken.Count);
            foreach (var work in taken.GroupBy(work => work.Group).SelectMany(group => group))
                Do(work, engine);
        }
    }

    private double SecondsOfLine => Length * Volatile.Read(ref _secondsEach);

    private void Do(Work work, GroundingEngine engine)
    {
        lock (_gate)
            _taken--;
        metrics.Waited(Stopwatch.GetElapsedTime(work.Since).TotalSeconds);
        var begun = Stopwatch.GetTimestamp();
        if (!work.Do(engine, limit))
            return;
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        metrics.Worked(seconds);
        Volatile.Write(ref _secondsEach, _secondsEach + Smoothing * (seconds - _secondsEach));
    }

    private RequestException Busy(string detail) =>
        new(StatusCodes.Status429TooManyRequests, detail) { RetryAfter = (int)Math.Clamp(Math.Ceiling(SecondsOfLine), 1, 3600) };

    private void Prepared(bool waits)
    {
        lock (_gate)
        {
            if (!waits)
                _taken--;
            if (--_preparing == 0 && _isClosed)
                _waiting.Writer.TryComplete();
        }
    }

    /// <summary>A place in the line; free again when the work begins, or when this object is disposed before there is any.</summary>
    internal sealed class Place(WorkQueue queue) : IDisposable
    {
        private bool _isUsed;

        /// <summary>Has work done by the model's thread.</summary>
        /// <param name="task">The work.</param>
        /// <param name="group">Work of equal groups is done together where it waits together.</param>
        /// <param name="patience">Ends the wait with 429; work that has begun goes on.</param>
        /// <param name="client">Drops the work, or stops it.</param>
        /// <exception cref="RequestException">429: no turn in time; 503: the work alone took longer than the limit.</exception>
        public async Task<T> Do<T>(
            Func<GroundingEngine, CancellationToken, T> task,
            object group,
            CancellationToken patience,
            CancellationToken client
        )
        {
            var work = new Work<T>(task, group, client);
            if (!queue._waiting.Writer.TryWrite(work))
                throw new InvalidOperationException("a place without room in the line");
            _isUsed = true;
            queue.Prepared(waits: true);
            using var ended = patience.UnsafeRegister(
                _ => work.GiveUp(queue.Busy("so many requests came before that this one had no turn in time; try again later")),
                null
            );
            return await work.Result.WaitAsync(client);
        }

        public void Dispose()
        {
            if (!_isUsed)
                queue.Prepared(waits: false);
            _isUsed = true;
        }
    }

    private abstract class Work(object group)
    {
        public object Group => group;

        public long Since { get; } = Stopwatch.GetTimestamp();

        /// <returns>Whether it was done to the end.</returns>
        public abstract bool Do(GroundingEngine engine, TimeSpan limit);
    }

    private sealed class Work<T>(Func<GroundingEngine, CancellationToken, T> task, object group, CancellationToken client) : Work(group)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isDecided; // begun, or given up: whichever comes first

        public Task<T> Result => _result.Task;

        public void GiveUp(RequestException reason)
        {
            if (!Interlocked.Exchange(ref _isDecided, true))
                _result.SetException(reason);
        }

        public override bool Do(GroundingEngine engine, TimeSpan limit)
        {
            if (Interlocked.Exchange(ref _isDecided, true))
                return false;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(client);
            stop.CancelAfter(limit);
            try
            {
                client.ThrowIfCancellationRequested(); // nobody waits for it any more
                _result.SetResult(task(engine, stop.Token));
                return true;
            }
            catch (OperationCanceledException) when (!client.IsCancellationRequested)
            {
                _result.SetException(
                    new RequestException(
                        StatusCodes.Status503ServiceUnavailable,
                        $"the model did not end within {limit.TotalSeconds} seconds; try a smaller size"
                    )
                );
            }
            catch (OperationCanceledException)
            {
                _result.SetCanceled(client);
            }
            catch (Exception e)
            {
                _result.SetException(e); // the next request is served all the same
            }
            return false;
        }
    }
}
