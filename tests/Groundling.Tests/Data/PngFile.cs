using System.Buffers.Binary;
using System.IO.Compression;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.Data;

/// <summary>PNG files put together by hand, also ones no encoder would make.</summary>
public static class PngFile
{
    public const byte Grey = 0,
        Rgb = 2,
        Palette = 3,
        GreyAlpha = 4,
        Rgba = 6;

    /// <param name="rows">Each row's samples as they stand in the file, without the filter byte.</param>
    public static byte[] Make(
        int width,
        int height,
        byte bits,
        byte kind,
        IEnumerable<byte[]> rows,
        byte[]? palette = null,
        byte[]? exif = null,
        bool exifLast = false
    )
    {
        using var raw = new MemoryStream();
        foreach (var row in rows)
        {
            raw.WriteByte(0);
            raw.Write(row);
        }
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(raw.ToArray());
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, kind);
        Chunk(file, "IHDR"u8, header);
        if (palette is not null)
            Chunk(file, "PLTE"u8, palette);
        if (exif is not null && !exifLast)
            Chunk(file, "eXIf"u8, exif);
        Chunk(file, "IDAT"u8, packed.ToArray());
        if (exif is not null && exifLast)
            Chunk(file, "eXIf"u8, exif);
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] body = [.. type, .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        uint crc = 0xFFFFFFFF;
        foreach (byte b in body)
        {
            crc ^= b;
            for (int k = 0; k < 8; k++)
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
