using System.Buffers.Binary;

namespace Groundling.Data;

/// <summary>
/// How many frames an animation holds, by its blocks alone: nothing is decoded, and the time is that of reading their lengths.
/// </summary>
internal static class AnimationFrames
{
    /// <summary>The frames that are there whole; 1 of what is no animation.</summary>
    public static int Count(ReadOnlySpan<byte> file) =>
        Math.Max(
            1,
            file switch
            {
                [(byte)'G', (byte)'I', (byte)'F', ..] => OfGif(file),
                [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => OfWebP(file),
                _ => 1,
            }
        );

    private static int OfGif(ReadOnlySpan<byte> file)
    {
        const int header = 13,
            descriptor = 10;
        if (file.Length < header)
            return 1;
        int frames = 0;
        for (long at = header + TableOf(file[10]); at < file.Length; )
            switch (file[(int)at])
            {
                case 0x21: // an extension: its label, then blocks
                    at = BehindBlocks(file, at + 2);
                    break;
                case 0x2C when at + descriptor <= file.Length: // an image: place, palette, code size, then blocks
                    at = BehindBlocks(file, at + descriptor + TableOf(file[(int)at + 9]) + 1);
                    if (at <= file.Length)
                        frames++;
                    break;
                default:
                    return frames;
            }
        return frames;
    }

    private static int TableOf(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>The place behind blocks that each say their length, the last of length 0; behind the file where it ends before.</summary>
    private static long BehindBlocks(ReadOnlySpan<byte> file, long at)
    {
        while (at < file.Length)
        {
            int length = file[(int)at];
            at += 1 + length;
            if (length == 0)
                return at;
        }
        return file.Length + 1L;
    }

    private static int OfWebP(ReadOnlySpan<byte> file)
    {
        int frames = 0;
        for (long at = 12; at + 8 <= file.Length; )
        {
            var chunk = file[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (at + 8 + length > file.Length)
                break;
            if (chunk[..4].SequenceEqual("ANMF"u8))
                frames++;
            at += 8 + length + (length & 1);
        }
        return frames;
    }
}
