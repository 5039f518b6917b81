using Groundling.Data;
using SkiaSharp;

namespace Groundling;

/// <summary>An upright picture of 8-bit red, green and blue, row by row.</summary>
public sealed class Picture
{
    /// <summary>The most pixels a picture may have.</summary>
    public const long MaxPixels = 100_000_000;

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">[height, width, 3] bytes; kept, not copied.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Picture(int width, int height, byte[] rgb) : this(width, height, rgb, []) { }

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
            throw new ArgumentException($"A {width} x {height} picture has {3L * width * height} bytes, not {rgb.LongLength}.", nameof(rgb));
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

    /// <summary>Reads a PNG, JPEG, WebP, GIF or BMP file, turned upright. Colour profiles are not applied, as in the benchmark's own tools.</summary>
    /// <exception cref="InputException">The file is missing, unreadable, not a picture, cut short, or larger than <see cref="MaxPixels"/>.</exception>
    public static Picture Load(string path) => PictureDecoder.Decode(PictureDecoder.ReadFile(path), path);

    /// <summary>Reads the bytes of a PNG, JPEG, WebP, GIF or BMP file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="mostPixels">The most pixels allowed; what the file declares is checked before anything is decoded.</param>
    /// <exception cref="InputException">The bytes are not a picture, cut short, or larger than allowed.</exception>
    public static Picture Decode(byte[] bytes, string name, long mostPixels = MaxPixels) => PictureDecoder.Decode(bytes, name, mostPixels);

    /// <summary>The picture as a mirror shows it: left and right exchanged.</summary>
    public Picture Mirrored()
    {
        var rgb = new byte[Rgb.Length];
        for (int row = 0; row < Rgb.Length; row += 3 * Width)
            for (int from = row, to = row + 3 * (Width - 1); to >= row; from += 3, to -= 3)
                Rgb.AsSpan(from, 3).CopyTo(rgb.AsSpan(to, 3));
        return new Picture(Width, Height, rgb, Notes);
    }

    /// <summary>The picture as a PNG file of 8-bit RGB.</summary>
    public byte[] EncodePng()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgb888x, SKAlphaType.Opaque));
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
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub | SKPngEncoderFilterFlags.Up | SKPngEncoderFilterFlags.Paeth, 4))
            ?? throw new InvalidOperationException($"A {Width} x {Height} picture could not be encoded as PNG.");
        return data.ToArray();
    }
}
