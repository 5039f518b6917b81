using System.Diagnostics;
using Groundling.Data.NounPhrases;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>
/// The line of requests before the model. Any thread puts work in; one thread does it, as the engine behind the model has process-wide
/// state. Large requests have a line of their own and a quarter of the model's time, so that small ones do not wait for them all.
/// </summary>
/// <param name="capacity">How many may wait.</param>
/// <param name="batch">How many small ones are taken at a time.</param>
/// <param name="limit">The longest line in seconds, and the longest work.</param>
/// <param name="metrics">Told of waits and batches.</param>
internal sealed class WorkQueue(int capacity, int batch, TimeSpan limit, ServiceMetrics metrics)
{
    private const double SmallShare = 0.75;
    private readonly object _gate = new(); // Monitor's, as Lock cannot wait
    private readonly WorkLine<Work> _small = new(SmallShare),
        _large = new(1 - SmallShare);
    private int _preparing;
    private volatile bool _isClosed;

    /// <summary>Places taken: requests that wait, or whose picture is being decoded.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
                return _small.Taken + _large.Taken;
        }
    }

    /// <summary>Whether nothing more is taken in.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Refuses where not even a small request would have a place, before its body is read.</summary>
    /// <exception cref="RequestException">All places are taken, the line is too long, or closed.</exception>
    public void RequireRoom()
    {
        lock (_gate)
            RequireRoom(isLarge: false);
    }

    /// <summary>
    /// Takes a place before the costly preparation of the work; refuses where there is none. Who has a place has an answer, though the line
    /// closes meanwhile.
    /// </summary>
    /// <param name="isLarge">Whether the work takes long; such works may have half of the places.</param>
    /// <exception cref="RequestException">All places are taken, the line is too long, or closed.</exception>
    public Place Reserve(bool isLarge = false)
    {
        lock (_gate)
        {
            RequireRoom(isLarge);
            LineOf(isLarge).Taken++;
            _preparing++;
        }
        return new(this, isLarge);
    }

    /// <summary>Takes nothing more in; who has a place still gets an answer.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Does the work of the line on the calling thread until it is closed and empty.</summary>
    public void Run(GroundingEngine engine)
    {
        while (Next() is { Count: > 0 } taken)
        {
            metrics.Taken(taken.Count);
            foreach (var work in taken.GroupBy(work => work.Group).SelectMany(group => group))
                Do(work, engine);
        }
    }

    /// <summary>Tells a client that its turn did not come in time.</summary>
    public RequestException TooLate(bool isLarge = false)
    {
        lock (_gate)
            return Busy("so many requests came before that this one had no turn in time; try again later", isLarge);
    }

    private WorkLine<Work> LineOf(bool isLarge) => isLarge ? _large : _small;

    private double SecondsOfLine(bool isLarge) => LineOf(isLarge).SecondsBesides(LineOf(!isLarge).Seconds);

    private void RequireRoom(bool isLarge)
    {
        if (_isClosed)
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "the service is shutting down; try again in a moment")
            {
                RetryAfter = 5,
            };
        var taken = _small.Taken + _large.Taken;
        if (taken >= capacity)
            throw Busy($"{capacity} requests wait already; try again later", isLarge);
        if (isLarge && _large.Taken >= Math.Max(1, capacity / 2))
            throw Busy($"{_large.Taken} large requests wait already; try again later, or send less at a time", isLarge);
        if (SecondsOfLine(isLarge) is var seconds && seconds > limit.TotalSeconds)
            throw Busy($"the requests that wait already take about {seconds:F0} seconds; try again later", isLarge);
    }

    /// <summary>What is done next: of small ones several, as some may be of one picture; none at the end.</summary>
    private List<Work> Next()
    {
        lock (_gate)
        {
            while (_small.Waiting.Count + _large.Waiting.Count == 0)
            {
                if (_isClosed && _preparing == 0)
                    return [];
                Monitor.Wait(_gate);
            }
            var isLarge = _small.Waiting.Count == 0 || (_large.Waiting.Count > 0 && _large.Served <= _small.Served);
            var (line, most) = (LineOf(isLarge), isLarge ? 1 : batch);
            var taken = new List<Work>();
            while (taken.Count < most && line.Waiting.TryDequeue(out var next))
                taken.Add(next);
            return taken;
        }
    }

    private void Do(Work work, GroundingEngine engine)
    {
        metrics.Waited(Stopwatch.GetElapsedTime(work.Since).TotalSeconds);
        if (!work.TryDecide())
            return; // given up, and its place is free already
        var line = LineOf(work.IsLarge);
        Leave(work);
        var begun = Stopwatch.GetTimestamp();
        var isWhole = work.Do(engine, limit);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (isWhole)
            metrics.Worked(seconds);
        lock (_gate)
            line.Note(seconds, isWhole);
    }

    private RequestException Busy(string detail, bool isLarge) =>
        new(StatusCodes.Status429TooManyRequests, detail) { RetryAfter = (int)Math.Clamp(Math.Ceiling(SecondsOfLine(isLarge)), 1, 3600) };

    /// <summary>
    /// Frees a work's place: whoever decides what becomes of it does so, as it begins, or as nobody waits for it any more.
    /// </summary>
    private void Leave(Work work)
    {
        lock (_gate)
            LineOf(work.IsLarge).Taken--;
    }

    private void Prepared(bool isLarge, Work? work)
    {
        lock (_gate)
        {
            if (work is null)
                LineOf(isLarge).Taken--;
            else
                LineOf(isLarge).Add(work, LineOf(!isLarge));
            _preparing--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A place in the line; free again when the work begins, or when this object is disposed before there is any.</summary>
    internal sealed class Place(WorkQueue queue, bool isLarge) : IDisposable
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
            var work = new Work<T>(task, group, isLarge, client);
            _isUsed = true;
            queue.Prepared(isLarge, work);
            using var late = patience.UnsafeRegister(_ => GiveUp(queue.TooLate(isLarge)), null);
            try
            {
                return await work.Result.WaitAsync(client);
            }
            catch (OperationCanceledException e) when (client.IsCancellationRequested)
            {
                GiveUp(e);
                throw;
            }

            void GiveUp(Exception reason)
            {
                if (work.GiveUp(reason))
                    queue.Leave(work);
            }
        }

        public void Dispose()
        {
            if (!_isUsed)
                queue.Prepared(isLarge, work: null);
            _isUsed = true;
        }
    }

    private abstract class Work(object group, bool isLarge)
    {
        public object Group => group;

        public bool IsLarge => isLarge;

        public long Since { get; } = Stopwatch.GetTimestamp();

        private bool _isDecided; // begun, or given up: whichever comes first

        /// <returns>Whether nobody had decided before what becomes of it.</returns>
        public bool TryDecide() => !Interlocked.Exchange(ref _isDecided, true);

        /// <returns>Whether it was done to the end.</returns>
        public abstract bool Do(GroundingEngine engine, TimeSpan limit);
    }

    private sealed class Work<T>(Func<GroundingEngine, CancellationToken, T> task, object group, bool isLarge, CancellationToken client)
        : Work(group, isLarge)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<GroundingEngine, CancellationToken, T>? _task = task; // holds the picture

        public Task<T> Result => _result.Task;

        /// <returns>Whether it had not begun.</returns>
        public bool GiveUp(Exception reason)
        {
            if (!TryDecide())
                return false;
            _task = null;
            if (reason is OperationCanceledException)
                _result.SetCanceled(client);
            else
                _result.SetException(reason);
            return true;
        }

        public override bool Do(GroundingEngine engine, TimeSpan limit)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(client);
            stop.CancelAfter(limit);
            try
            {
                client.ThrowIfCancellationRequested(); // nobody waits for it any more
                _result.SetResult(_task!(engine, stop.Token));
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
