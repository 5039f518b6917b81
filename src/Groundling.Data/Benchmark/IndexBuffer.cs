using System.Buffers.Binary;
using System.Text;

namespace Groundling.Data.Benchmark;

/// <summary>Bytes that grow at their end: small whole numbers take one byte, texts are UTF-8 with their length before them.</summary>
internal sealed class IndexBuffer
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public Span<byte> Reserve(int count)
    {
        int end =
            (long)Length + count <= Array.MaxLength
                ? Length + count
                : throw new InputException("The annotations hold more than an index of 2 GiB can keep; split them into several files.");
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(2L * _bytes.Length, end), Array.MaxLength));
        var place = _bytes.AsSpan(Length, count);
        Length = end;
        return place;
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Fixed(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);

    /// <summary>Any whole number: seven bits a byte, sign in the lowest bit.</summary>
    public void Number(long value)
    {
        ulong left = (ulong)(value << 1) ^ (ulong)(value >> 63);
        for (; left >= 0x80; left >>= 7)
            Reserve(1)[0] = (byte)(left | 0x80);
        Reserve(1)[0] = (byte)left;
    }

    public void Text(string text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        Number(count);
        Encoding.UTF8.GetBytes(text, Reserve(count));
    }

    public byte[] ToArray() => _bytes[..Length];

    public void Patch(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at, 4), value);
}
