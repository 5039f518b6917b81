using System.Buffers.Binary;
using Groundling.Core;

namespace Groundling.Data.Benchmark;

/// <summary>The index as a file: magic, version, checksum, length, stamps of the two sources, content.</summary>
internal static class IndexFile
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderBytes = 72;

    private const int Version = 2;

    private static ReadOnlySpan<byte> Magic => "GRNDLIDX"u8;

    /// <summary>
    /// The index when it is whole, of this version and of these sources; null otherwise. Never throws for what the file holds.
    /// </summary>
    public static byte[]? TryRead(string path, SourceStamp narratives, SourceStamp panoptic)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            var bytes = File.ReadAllBytes(path);
            return bytes.Length > HeaderBytes && Header(bytes, narratives, panoptic).AsSpan().SequenceEqual(bytes.AsSpan(0, HeaderBytes))
                ? bytes
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Fills in the header of a finished index.</summary>
    public static void Seal(byte[] bytes, SourceStamp narratives, SourceStamp panoptic) =>
        Header(bytes, narratives, panoptic).CopyTo(bytes, 0);

    /// <summary>Puts the index in its place in one step.</summary>
    /// <returns>Why it could not be written; null when it was.</returns>
    public static string? TryWrite(string path, byte[] bytes)
    {
        try
        {
            // Its checksum shows what a power cut took, and it is made again.
            AtomicFile.Write(path, file => file.Write(bytes), keep: false);
            return null;
        }
        catch (IOException e)
        {
            return e.Message.ReplaceLineEndings(" ");
        }
    }

    private static byte[] Header(ReadOnlySpan<byte> bytes, SourceStamp narratives, SourceStamp panoptic)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Crc32C.Of(bytes[HeaderBytes..]));
        long[] numbers =
        [
            bytes.Length,
            narratives.Length,
            narratives.Ticks,
            narratives.Sample,
            panoptic.Length,
            panoptic.Ticks,
            panoptic.Sample,
        ];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16 + 8 * i), numbers[i]);
        return header;
    }
}
