namespace Groundling.Export.LabelStudio;

/// <summary>A brush region's run lengths: those of @thi.ng/rle-pack over the RGBA bytes of the picture, row by row.</summary>
/// <remarks>
/// A stream of bits, the highest of each byte first: 32 for the number of bytes, 5 for a value's bits less 1, 4 each for the bits less 1 of
/// four lengths; then for each run 1 bit that says that one value is repeated, 2 for which of the lengths follows, the run's length less 1
/// in as many bits, and the value. Masks have runs of four bytes and more, and so never need single values.
/// </remarks>
internal sealed class BrushRuns
{
    private const int Channels = 4,
        ValueBits = 8;
    private static readonly int[] LengthBits = [3, 4, 8, 16];
    private readonly List<byte> _bytes = [];
    private int _free; // bits of the last byte

    private BrushRuns() { }

    /// <summary>A mask as Label Studio's <c>rle</c>: 255 inside, 0 outside, in all four channels.</summary>
    public static byte[] Encode(RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var pixels = mask.ToBytes();
        var runs = new BrushRuns();
        runs.Write((uint)(Channels * (long)pixels.Length), 32);
        runs.Write(ValueBits - 1, 5);
        foreach (int bits in LengthBits)
            runs.Write((uint)bits - 1, 4);
        for (int start = 0; start < pixels.Length; )
        {
            int change = pixels.AsSpan(start).IndexOfAnyExcept(pixels[start]),
                end = change < 0 ? pixels.Length : start + change;
            runs.Run(Channels * (long)(end - start), pixels[start] == 0 ? 0u : 255u);
            start = end;
        }
        return [.. runs._bytes];
    }

    private void Run(long length, uint value)
    {
        while (length > 0)
        {
            int part = (int)Math.Min(length, 1 << LengthBits[^1]),
                size = Array.FindIndex(LengthBits, bits => part <= 1 << bits);
            Write(1, 1);
            Write((uint)size, 2);
            Write((uint)part - 1, LengthBits[size]);
            Write(value, ValueBits);
            length -= part;
        }
    }

    private void Write(uint value, int bits)
    {
        while (bits > 0)
        {
            if (_free == 0)
            {
                _bytes.Add(0);
                _free = 8;
            }
            int taken = Math.Min(bits, _free);
            uint part = value >> (bits - taken) & ((1u << taken) - 1);
            _bytes[^1] |= (byte)(part << (_free - taken));
            (_free, bits) = (_free - taken, bits - taken);
        }
    }
}
