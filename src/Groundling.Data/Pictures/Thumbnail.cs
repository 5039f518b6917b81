using SkiaSharp;

namespace Groundling.Data;

/// <summary>A picture made small, as a JPEG file.</summary>
/// <param name="Jpeg">The file.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public sealed record Thumbnail(byte[] Jpeg, int Width, int Height)
{
    private const int Quality = 82;

    /// <summary>Whether it is higher than wide.</summary>
    public bool IsTall => Height > Width;

    /// <summary>Makes a picture small.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="longestSide">Pixels at most each way, at least 1; a smaller picture keeps its size.</param>
    public static Thumbnail Of(Picture picture, int longestSide)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(longestSide, 1);
        double scale = Math.Min(1, (double)longestSide / Math.Max(picture.Width, picture.Height));
        var size = new SKImageInfo(
            Math.Max(1, (int)(picture.Width * scale)),
            Math.Max(1, (int)(picture.Height * scale)),
            SKColorType.Rgba8888,
            SKAlphaType.Opaque
        );
        using var bitmap = picture.ToBitmap();
        using var small = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new(jpeg.ToArray(), size.Width, size.Height);
    }
}
