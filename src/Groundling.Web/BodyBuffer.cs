using System.Buffers;

namespace Groundling.Web;

/// <summary>
/// A body, or a part of one, in blocks that are used again: nothing grows by being copied, and nothing large is left behind.
/// </summary>
internal sealed class BodyBuffer : IDisposable
{
    private const int Block = 1 << 16;
    private readonly List<byte[]> _blocks = [];
    private int _inLast = Block;

    /// <summary>Bytes that are here.</summary>
    public long Length => (long)Block * _blocks.Count - (Block - _inLast);

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<BodyBuffer> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new BodyBuffer();
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer.Room(), cancellation)) > 0; )
                buffer._inLast += read;
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>All bytes in one piece.</summary>
    public byte[] ToArray()
    {
        var all = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        for (var i = 0; i < _blocks.Count; i++)
            BlockAt(i).Span.CopyTo(all.AsSpan(i * Block));
        return all;
    }

    /// <summary>All bytes where they are; valid until this is disposed.</summary>
    public ReadOnlySequence<byte> AsSequence()
    {
        if (_blocks.Count == 0)
            return ReadOnlySequence<byte>.Empty;
        var first = new Segment(BlockAt(0), null);
        var last = first;
        for (var i = 1; i < _blocks.Count; i++)
            last = new Segment(BlockAt(i), last);
        return new(first, 0, last, last.Memory.Length);
    }

    public void Dispose()
    {
        _blocks.ForEach(block => ArrayPool<byte>.Shared.Return(block));
        _blocks.Clear();
        _inLast = Block;
    }

    private Memory<byte> Room()
    {
        if (_inLast == Block)
        {
            _blocks.Add(ArrayPool<byte>.Shared.Rent(Block));
            _inLast = 0;
        }
        return _blocks[^1].AsMemory(_inLast, Block - _inLast);
    }

    private ReadOnlyMemory<byte> BlockAt(int index) => _blocks[index].AsMemory(0, index < _blocks.Count - 1 ? Block : _inLast);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            if (before is not null)
                before.Next = this;
        }
    }
}
