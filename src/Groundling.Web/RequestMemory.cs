using Groundling.Torch;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>
/// What all requests together hold: bodies as they arrive, pictures as they are decoded and wait. Nobody is let in beyond three quarters
/// of what is allowed; the rest is for what the collector has not yet taken back, and for the work in hand. What was large is given back to
/// the system when it is no longer needed.
/// </summary>
internal sealed class RequestMemory : IDisposable
{
    /// <summary>Bytes held for each byte of a body while it is read: it, the room to grow, and what is made of it.</summary>
    public const int PerByteOfBody = 3;

    /// <summary>Bytes held for each pixel while it is decoded: red, green, blue, alpha; then red, green, blue.</summary>
    public const int PerPixelDecoded = 7,
        PerPixelKept = 3;

    private const long Small = 4 << 20; // what is smaller may use the last quarter, which others leave
    private const long WorthGivingBack = 64 << 20;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly Timer _atRest;
    private readonly long _most;
    private long _held,
        _peak,
        _garbage;

    /// <param name="options">Say how much.</param>
    public RequestMemory(ServiceOptions options)
    {
        _most = ((long)options.MaxMemory << 20) / 4 * 3;
        _atRest = new(_ => GiveBack());
    }

    /// <summary>Bytes that are held.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
                return _held;
        }
    }

    public void Dispose() => _atRest.Dispose();

    private void Take(long already, long more)
    {
        lock (_gate)
        {
            if (_held + more > (already + more <= Small ? _most : _most / 4 * 3))
                throw new RequestException(
                    StatusCodes.Status429TooManyRequests,
                    "the requests that are here already hold as much memory as they may; try again later"
                )
                {
                    RetryAfter = 2,
                };
            _held += more;
            _peak = Math.Max(_peak, _held);
        }
    }

    private void Give(long bytes)
    {
        lock (_gate)
        {
            _held -= bytes;
            _garbage += bytes;
            if (_garbage >= _most / 8)
            {
                // What is given back counts no more: it should soon be free, too. In the background, as nobody waits for it.
                _garbage = 0;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
            if (_held == 0 && _peak >= WorthGivingBack)
                _atRest.Change(Rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            if (_held >= Small)
                return; // comes again when that is given back
            _peak = _held;
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        MemoryAllocator.GiveBack();
    }

    /// <summary>What one request holds; given back when it is disposed.</summary>
    internal sealed class Share(RequestMemory all) : IDisposable
    {
        private long _bytes;

        /// <summary>Bytes that it holds.</summary>
        public long Bytes => _bytes;

        /// <summary>A request's own.</summary>
        public static Share Of(HttpContext context) => context.Features.Get<Share>()!;

        /// <summary>Takes more, before it is used.</summary>
        /// <exception cref="RequestException">429: all requests together may not hold so much.</exception>
        public void Take(long bytes)
        {
            all.Take(_bytes, bytes);
            _bytes += bytes;
        }

        /// <summary>Gives some back.</summary>
        public void Give(long bytes)
        {
            all.Give(bytes);
            _bytes -= bytes;
        }

        /// <summary>Holds no more than so much from now on.</summary>
        public void ReduceTo(long bytes) => Give(Math.Max(0, _bytes - bytes));

        public void Dispose() => ReduceTo(0);
    }
}
