namespace Groundling.Tests.Export;

/// <summary>Reads Label Studio's brush regions by the description of @thi.ng/rle-pack's format.</summary>
internal sealed class BrushReader(IReadOnlyList<byte> packed)
{
    private long _at;

    /// <summary>The RGBA bytes.</summary>
    public byte[] Read()
    {
        long total = Bits(32);
        int valueBits = (int)Bits(5) + 1;
        int[] sizes = [.. Enumerable.Range(0, 4).Select(_ => (int)Bits(4) + 1)];
        var bytes = new List<byte>();
        while (bytes.Count < total)
        {
            bool repeated = Bits(1) == 1;
            long length = Bits(sizes[Bits(2)]) + 1;
            byte value = 0;
            for (long i = 0; i < length; i++)
            {
                if (i == 0 || !repeated)
                    value = (byte)Bits(valueBits);
                bytes.Add(value);
            }
        }
        Assert.Equal(total, bytes.Count);
        Assert.InRange(packed.Count * 8 - _at, 0, 7);
        return [.. bytes];
    }

    /// <summary>The mask that the front end paints: where alpha is not zero.</summary>
    public RunLengthMask ReadMask(int width, int height)
    {
        var bytes = Read();
        Assert.Equal(4 * width * height, bytes.Length);
        return RunLengthMask.FromBytes([.. bytes.Chunk(4).Select(pixel => pixel[3])], width, height);
    }

    private long Bits(int count)
    {
        long value = 0;
        for (int i = 0; i < count; i++, _at++)
            value = value << 1 | (uint)(packed[(int)(_at / 8)] >> (int)(7 - _at % 8) & 1);
        return value;
    }
}
