using SkiaSharp;

namespace Groundling.Data;

/// <summary>
/// A file's bytes for a codec, which end where the token is cancelled: the codec then finds its file cut short, and ends.
/// </summary>
/// <remarks>
/// Codecs ask for more than there is, and skip further than any file reaches: what they ask is cut to what is there. Nothing here may
/// throw, as an exception has no way back through the codec.
/// </remarks>
/// <param name="bytes">The file; it stays where it is while this is read.</param>
/// <param name="length">Its bytes.</param>
/// <param name="stop">Looked at in every reading.</param>
internal sealed unsafe class StoppableBytes(byte* bytes, int length, CancellationToken stop) : SKAbstractManagedStream
{
    private int _at;

    /// <summary>Copies the next bytes, or only goes past them where there is no buffer.</summary>
    protected override nint OnRead(nint buffer, nint size)
    {
        var read = stop.IsCancellationRequested ? 0 : There(size);
        if (buffer != 0)
            Buffer.MemoryCopy(bytes + _at, (void*)buffer, read, read);
        _at += read;
        return read;
    }

    protected override nint OnPeek(nint buffer, nint size)
    {
        var there = stop.IsCancellationRequested ? 0 : There(size);
        Buffer.MemoryCopy(bytes + _at, (void*)buffer, there, there);
        return there;
    }

    protected override bool OnIsAtEnd() => _at == length || stop.IsCancellationRequested;

    protected override bool OnHasPosition() => true;

    protected override bool OnHasLength() => true;

    protected override bool OnRewind()
    {
        _at = 0;
        return true;
    }

    protected override nint OnGetPosition() => _at;

    protected override nint OnGetLength() => length;

    protected override bool OnSeek(nint position)
    {
        _at = (int)Math.Clamp(position, 0, length);
        return _at == position;
    }

    protected override bool OnMove(int offset) => OnSeek((nint)_at + offset);

    /// <summary>No copy of it: the file is there for one reader.</summary>
    protected override nint OnCreateNew() => 0;

    /// <summary>As much of a size as is there; a size without a sign may look negative here.</summary>
    private int There(nint size) => size < 0 ? length - _at : (int)Math.Min(size, length - _at);
}
