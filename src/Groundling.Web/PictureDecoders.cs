namespace Groundling.Web;

/// <summary>
/// Threads that decode pictures and nothing else, fewer than there are cores, so that answers which cost little find one. One of them takes
/// small pictures alone: these never wait for large ones.
/// </summary>
internal sealed class PictureDecoders : IDisposable
{
    private readonly object _gate = new(); // Monitor's, as Lock cannot wait
    private readonly Queue<Action> _small = [],
        _large = [];
    private bool _isClosed,
        _isStarted;

    /// <summary>Has a picture decoded.</summary>
    /// <param name="decode">Decodes; ends soon where its token is cancelled.</param>
    /// <param name="isLarge">Whether it takes long.</param>
    /// <param name="stop">Ends the wait, or the decoding.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> decode, bool isLarge, CancellationToken stop)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isBegun = false;
        var ended = stop.UnsafeRegister(
            _ =>
            {
                if (!Interlocked.Exchange(ref isBegun, true))
                    result.SetCanceled(stop);
            },
            null
        );
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            Start();
            (isLarge ? _large : _small).Enqueue(Decode);
            Monitor.PulseAll(_gate);
        }
        return result.Task;

        void Decode()
        {
            ended.Dispose();
            if (Interlocked.Exchange(ref isBegun, true))
                return; // nobody waits for it any more
            try
            {
                result.SetResult(decode(stop));
            }
            catch (OperationCanceledException)
            {
                result.SetCanceled(stop);
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Start()
    {
        if (_isStarted)
            return;
        _isStarted = true;
        for (var i = 0; i < Math.Max(2, Environment.ProcessorCount / 2); i++)
        {
            var smallAlone = i == 0;
            new Thread(() => Work(smallAlone)) { IsBackground = true, Name = "pictures" }.Start();
        }
    }

    private void Work(bool smallAlone)
    {
        while (Next(smallAlone) is { } decode)
            decode();
    }

    private Action? Next(bool smallAlone)
    {
        lock (_gate)
            while (true)
            {
                if (!smallAlone && _large.TryDequeue(out var large))
                    return large;
                if (_small.TryDequeue(out var small))
                    return small;
                if (_isClosed)
                    return null;
                Monitor.Wait(_gate);
            }
    }
}
