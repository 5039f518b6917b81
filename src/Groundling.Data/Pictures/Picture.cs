using System.Runtime.CompilerServices;
using Groundling.Data;
using SkiaSharp;

namespace Groundling;

/// <summary>An upright picture of 8-bit red, green and blue, row by row.</summary>
public sealed class Picture
{
    /// <summary>The most pixels a picture may have.</summary>
    public const long MaxPixels = 100_000_000;

    private const string ThePicture = "the picture";

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">[height, width, 3] bytes; kept, not copied.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Picture(int width, int height, byte[] rgb)
        : this(width, height, rgb, []) { }

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">[height, width, 3] bytes; kept, not copied.</param>
    /// <param name="notes">What reading the file changed.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Picture(int width, int height, byte[] rgb, IReadOnlyList<string> notes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.LongLength != 3L * width * height)
            throw new ArgumentException(
                $"A {width} x {height} picture has {3L * width * height} bytes, not {rgb.LongLength}.",
                nameof(rgb)
            );
        (Width, Height, Rgb, Notes) = (width, height, rgb, notes);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[Height, Width, 3] bytes.</summary>
    public byte[] Rgb { get; }

    /// <summary>What reading the file changed, for the user to know: "animated: first of 12 frames used".</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Reads a PNG, JPEG, WebP, GIF or BMP file, turned upright. Colour profiles are not applied, as in the benchmark's own tools.
    /// </summary>
    /// <exception cref="InputException">
    /// The file is missing, unreadable, not a picture, cut short, or larger than <see cref="MaxPixels"/>.
    /// </exception>
    public static Picture Load(string path) => PictureDecoder.Decode(PictureDecoder.ReadFile(path), path);

    /// <summary>Reads a PNG, JPEG, WebP, GIF or BMP file from a stream: an upload, a blob, an archive's entry.</summary>
    /// <param name="stream">Read from where it stands to its end; the caller keeps it.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InputException">It holds no picture, is cut short, or larger than <see cref="MaxPixels"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Picture Load(Stream stream, string name = ThePicture)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return PictureDecoder.Decode(PictureDecoder.ReadAll(stream, name), name);
    }

    /// <inheritdoc cref="Load(Stream, string)" path="/summary|/exception"/>
    /// <param name="stream">Read from where it stands to its end; the caller keeps it.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<Picture> LoadAsync(Stream stream, string name = ThePicture, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return PictureDecoder.Decode(
            await PictureDecoder.ReadAllAsync(stream, name, cancellation).ConfigureAwait(false),
            name,
            cancellation: cancellation
        );
    }

    /// <summary>Whether a file begins as one that is read here does, whatever its name; false where it cannot be read.</summary>
    public static bool IsPicture(string path) => MediaTypeOf(path) is not null;

    /// <summary>"image/png" and the like for a file that begins as one that is read here does, whatever its name; else null.</summary>
    public static string? MediaTypeOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[64];
            return PictureHeader.Read(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]).MediaType;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the bytes of a PNG, JPEG, WebP, GIF or BMP file.</summary>
    /// <param name="bytes">The whole file; of a <see cref="ReadOnlyMemory{T}"/>, its span.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="mostPixels">The most pixels allowed; what the file declares is checked before anything is decoded.</param>
    /// <param name="cancellation">Ends the decoding of a PNG, JPEG or GIF within; of others before and after.</param>
    /// <exception cref="InputException">The bytes are not a picture, cut short, or larger than allowed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Picture Decode(
        ReadOnlySpan<byte> bytes,
        string name = ThePicture,
        long mostPixels = MaxPixels,
        CancellationToken cancellation = default
    ) => PictureDecoder.Decode(bytes, name, mostPixels, cancellation);

    /// <summary>How many pixels a file says it has, by its first bytes; null where they do not say, or it is no picture.</summary>
    /// <param name="bytes">The whole file.</param>
    public static long? DeclaredPixels(ReadOnlySpan<byte> bytes) =>
        PictureHeader.Read(bytes) is { Width: >= 0 and var width, Height: >= 0 and var height }
            ? (long)Int128.Min((Int128)width * height, long.MaxValue)
            : null;

    /// <summary>Copies a Skia bitmap of any colour type; where it is transparent, it is laid on white.</summary>
    /// <param name="bitmap">The caller keeps it.</param>
    /// <exception cref="InputException">It has no pixels in memory, or more than <see cref="MaxPixels"/>.</exception>
    public static Picture FromBitmap(SKBitmap bitmap)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        return PictureDecoder.FromBitmap(bitmap);
    }

    /// <summary>The picture as a mirror shows it: left and right exchanged.</summary>
    public Picture Mirrored()
    {
        var rgb = new byte[Rgb.Length];
        for (int row = 0; row < Rgb.Length; row += 3 * Width)
        for (int from = row, to = row + 3 * (Width - 1); to >= row; from += 3, to -= 3)
            Rgb.AsSpan(from, 3).CopyTo(rgb.AsSpan(to, 3));
        return new Picture(Width, Height, rgb, Notes);
    }

    /// <summary>The picture as a Skia bitmap, to draw on.</summary>
    /// <returns>A copy; the caller owns it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SKBitmap ToBitmap()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgb888x, SKAlphaType.Opaque));
        unsafe
        {
            var target = (byte*)bitmap.GetPixels();
            long pixels = (long)Width * Height;
            for (long i = 0; i < pixels; i++)
            {
                target[4 * i] = Rgb[3 * i];
                target[4 * i + 1] = Rgb[3 * i + 1];
                target[4 * i + 2] = Rgb[3 * i + 2];
                target[4 * i + 3] = 255;
            }
        }
        return bitmap;
    }

    /// <summary>The picture as a PNG file of 8-bit RGB.</summary>
    public byte[] EncodePng()
    {
        using var bitmap = ToBitmap();
        using var pixmap = bitmap.PeekPixels();
        using var data =
            pixmap.Encode(
                new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub | SKPngEncoderFilterFlags.Up | SKPngEncoderFilterFlags.Paeth, 4)
            ) ?? throw new InvalidOperationException($"A {Width} x {Height} picture could not be encoded as PNG.");
        return data.ToArray();
    }
}
