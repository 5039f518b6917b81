using System.Buffers.Binary;
using SkiaSharp;

namespace Groundling.Data;

/// <summary>What the first bytes of a file say, before anything is decoded.</summary>
/// <param name="Format">"PNG", "JPEG", ...; null when no known format begins so.</param>
/// <param name="Width">Declared columns, null when not read here.</param>
/// <param name="Height">Declared rows, null when not read here.</param>
/// <param name="Bits">Bits a channel.</param>
/// <param name="Components">Channels stored; a palette counts as 3.</param>
/// <param name="Indexed">Whether pixels are places in a palette.</param>
/// <param name="Origin">Where a PNG says (eXIf) that its first pixel stands; decoders leave it aside.</param>
internal sealed record PictureHeader(
    string? Format,
    long? Width = null,
    long? Height = null,
    int Bits = 8,
    int Components = 3,
    bool Indexed = false,
    SKEncodedOrigin Origin = SKEncodedOrigin.TopLeft
)
{
    private const int Orientation = 0x112;

    /// <summary>Whether colours can be the numbers that the file was written with: a lossless format of three bytes a pixel.</summary>
    public bool HoldsIds => Format == "PNG" && Bits == 8 && Components == 3 && !Indexed;

    /// <summary>"a 16-bit greyscale PNG".</summary>
    public string Describe() =>
        Format == "PNG"
            ? (Indexed ? "a PNG with a palette" : $"{(Bits == 8 ? "an" : "a")} {Bits}-bit {(Components == 1 ? "greyscale " : "")}PNG")
            : $"a {Format} file";

    /// <summary>Formats this library decodes.</summary>
    public bool IsReadable => MediaType is not null;

    /// <summary>The media type of a format that this library decodes; null for others.</summary>
    public string? MediaType =>
        Format switch
        {
            "PNG" => "image/png",
            "JPEG" => "image/jpeg",
            "WebP" => "image/webp",
            "GIF" => "image/gif",
            "BMP" => "image/bmp",
            "ICO" => "image/x-icon",
            _ => null,
        };

    /// <summary>True where the file's end is plainly missing: a JPEG without its end mark, a WebP shorter than it says.</summary>
    public static bool IsCut(ReadOnlySpan<byte> file) =>
        file switch
        {
            [0xFF, 0xD8, ..] => !file.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, ..] => BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L
                > file.Length,
            _ => false,
        };

    /// <summary>True where a file says how long it is and is shorter: what is missing may be the note of how the camera was held.</summary>
    public static bool LacksItsEnd(ReadOnlySpan<byte> file) => file is [(byte)'R', ..] && IsCut(file);

    public static PictureHeader Read(ReadOnlySpan<byte> file) =>
        file switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png(file),
            [0xFF, 0xD8, 0xFF, ..] => Jpeg(file),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Gif(file),
            [(byte)'B', (byte)'M', ..] when file.Length >= 26 => Bmp(file),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP(file),
            [0, 0, 1, 0, ..] => new("ICO"),
            [0x49, 0x49, 0x2A, 0, ..] or [0x4D, 0x4D, 0, 0x2A, ..] => new("TIFF"),
            [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => new("PSD"),
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => new("PDF"),
            [0xFF, 0x0A, ..] or [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => new("JPEG XL"),
            [0, 0, 0, 0x0C, (byte)'j', (byte)'P', ..] => new("JPEG 2000"),
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'a', (byte)'v', (byte)'i', ..] => new("AVIF"),
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'h' or (byte)'m', ..] => new("HEIC"),
            _ when file[..Math.Min(file.Length, 512)].IndexOf("<svg"u8) >= 0 => new("SVG"),
            _ => new((string?)null),
        };

    private static PictureHeader Png(ReadOnlySpan<byte> file) =>
        file.Length < 26 || !file[12..16].SequenceEqual("IHDR"u8)
            ? new("PNG")
            : new(
                "PNG",
                BinaryPrimitives.ReadUInt32BigEndian(file[16..]),
                BinaryPrimitives.ReadUInt32BigEndian(file[20..]),
                file[24],
                file[25] is 0 or 4 ? 1 : 3,
                file[25] == 3,
                PngOrigin(file)
            );

    /// <summary>The orientation in a PNG's eXIf chunk, which may stand before or after the pixels.</summary>
    private static SKEncodedOrigin PngOrigin(ReadOnlySpan<byte> file)
    {
        for (long at = 8; at + 12 <= file.Length; )
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length > chunk.Length - 12)
                break;
            if (chunk[4..8].SequenceEqual("eXIf"u8))
                return ExifOrigin(chunk.Slice(8, (int)length));
            at += 12L + length;
        }
        return SKEncodedOrigin.TopLeft;
    }

    /// <summary>The orientation among the first directory's entries; upright where there is none or it makes no sense.</summary>
    private static SKEncodedOrigin ExifOrigin(ReadOnlySpan<byte> exif)
    {
        if (exif is not [(byte)'I', (byte)'I', 42, 0, _, _, _, _, ..] and not [(byte)'M', (byte)'M', 0, 42, _, _, _, _, ..])
            return SKEncodedOrigin.TopLeft;
        var little = exif[0] == 'I';
        int Short(ReadOnlySpan<byte> bytes) =>
            little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        long first = little ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (first + 2 > exif.Length)
            return SKEncodedOrigin.TopLeft;
        var entries = exif[((int)first + 2)..];
        for (var i = 0; i < Short(exif[(int)first..]) && 12 * (i + 1) <= entries.Length; i++)
            if (Short(entries[(12 * i)..]) == Orientation && Short(entries[(12 * i + 8)..]) is >= 1 and <= 8 and var origin)
                return (SKEncodedOrigin)origin;
        return SKEncodedOrigin.TopLeft;
    }

    private static PictureHeader Gif(ReadOnlySpan<byte> file) =>
        file.Length < 10
            ? new("GIF")
            : new("GIF", BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));

    private static PictureHeader Bmp(ReadOnlySpan<byte> file) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file[14..]) < 40
            ? new("BMP")
            : new(
                "BMP",
                BinaryPrimitives.ReadInt32LittleEndian(file[18..]),
                Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..]))
            );

    /// <summary>The first chunk says the size: of the canvas, of a lossy key frame (RFC 6386, 9.1), or of a lossless stream.</summary>
    private static PictureHeader WebP(ReadOnlySpan<byte> file)
    {
        const int data = 20;
        if (file.Length < data + 10)
            return new("WebP");
        var chunk = file[data..];
        return file[12..16] switch
        {
            [(byte)'V', (byte)'P', (byte)'8', (byte)'X'] => new("WebP", 1L + UInt24(chunk[4..]), 1L + UInt24(chunk[7..])),
            [(byte)'V', (byte)'P', (byte)'8', (byte)' '] => new(
                "WebP",
                BinaryPrimitives.ReadUInt16LittleEndian(chunk[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(chunk[8..]) & 0x3FFF
            ),
            [(byte)'V', (byte)'P', (byte)'8', (byte)'L'] when BinaryPrimitives.ReadUInt32LittleEndian(chunk[1..]) is var sizes => new(
                "WebP",
                1L + (sizes & 0x3FFF),
                1L + (sizes >> 14 & 0x3FFF)
            ),
            _ => new("WebP"),
        };
    }

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static PictureHeader Jpeg(ReadOnlySpan<byte> file)
    {
        for (int at = 2; at + 9 < file.Length && file[at] == 0xFF; )
        {
            int marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // fill byte
                continue;
            }
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new(
                    "JPEG",
                    BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]),
                    file[at + 4],
                    file[at + 9]
                );
            if (marker is 0xDA or 0xD9)
                break;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return new("JPEG");
    }
}
