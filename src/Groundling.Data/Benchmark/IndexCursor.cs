using System.Text;

namespace Groundling.Data.Benchmark;

/// <summary>Reads what <see cref="IndexBuffer"/> wrote.</summary>
internal ref struct IndexCursor(ReadOnlySpan<byte> bytes, int at)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at = at;

    public int Integer() => (int)Number();

    public long Number()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = _bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    public string Text()
    {
        int count = Integer();
        _at += count;
        return Encoding.UTF8.GetString(_bytes.Slice(_at - count, count));
    }
}
