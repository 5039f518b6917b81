using System.Buffers.Binary;
using System.IO.Compression;
using Groundling.Data.NounPhrases;

namespace Groundling.Scenes;

/// <summary>Writes 8-bit colour PNG files: one filter a row chosen by size of differences, fast deflate.</summary>
internal static class PngEncoder
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <param name="rgb">[height, width, 3].</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        int stride = width * 3;
        var rows = new byte[(stride + 1) * height];
        var candidate = new byte[stride];
        for (int y = 0; y < height; y++)
        {
            var row = rgb.Slice(y * stride, stride);
            var above = y > 0 ? rgb.Slice((y - 1) * stride, stride) : default;
            var target = rows.AsSpan(y * (stride + 1), stride + 1);
            target[0] = 1;
            int best = Sub(row, target[1..]);
            if (y == 0)
                continue;
            int up = Up(row, above, candidate);
            if (up < best)
            {
                target[0] = 2;
                candidate.CopyTo(target[1..]);
                best = up;
            }
            if (best > stride)
            {
                int average = Average(row, above, candidate);
                if (average < best)
                {
                    target[0] = 3;
                    candidate.CopyTo(target[1..]);
                }
            }
        }
        using var stream = new MemoryStream(rows.Length / 2);
        stream.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9], header[10], header[11], header[12]) = (8, 2, 0, 0, 0);
        Chunk(stream, "IHDR"u8, header);
        using (var packed = new MemoryStream(rows.Length / 2))
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                zlib.Write(rows);
            Chunk(stream, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }
        Chunk(stream, "IEND"u8, []);
        return stream.ToArray();
    }

    /// <summary>A panoptic map as COCO stores it: red + 256 green + 65536 blue.</summary>
    public static byte[] EncodeIds(ReadOnlySpan<int> ids, int width, int height)
    {
        var rgb = new byte[ids.Length * 3];
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            rgb[3 * i] = (byte)id;
            rgb[3 * i + 1] = (byte)(id >> 8);
            rgb[3 * i + 2] = (byte)(id >> 16);
        }
        return Encode(rgb, width, height);
    }

    private static int Sub(ReadOnlySpan<byte> row, Span<byte> target)
    {
        int sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            byte d = (byte)(row[i] - (i >= 3 ? row[i - 3] : 0));
            target[i] = d;
            sum += Math.Abs((int)(sbyte)d);
        }
        return sum;
    }

    private static int Up(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> target)
    {
        int sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            byte d = (byte)(row[i] - above[i]);
            target[i] = d;
            sum += Math.Abs((int)(sbyte)d);
        }
        return sum;
    }

    private static int Average(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> target)
    {
        int sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            byte d = (byte)(row[i] - (((i >= 3 ? row[i - 3] : 0) + above[i]) >> 1));
            target[i] = d;
            sum += Math.Abs((int)(sbyte)d);
        }
        return sum;
    }

    private static void Chunk(MemoryStream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, data.Length);
        stream.Write(four);
        stream.Write(type);
        stream.Write(data);
        uint crc = Crc(Crc(uint.MaxValue, type), data) ^ uint.MaxValue;
        BinaryPrimitives.WriteUInt32BigEndian(four, crc);
        stream.Write(four);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
            crc = CrcTable[(crc ^ b) & 255] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int k = 0; k < 8; k++)
                c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            table[n] = c;
        }
        return table;
    }
}
