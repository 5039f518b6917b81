using Groundling.Data;
using SkiaSharp;

namespace Groundling.Evaluation;

/// <summary>A picture of a report, small enough to stand in its page.</summary>
internal sealed record GalleryImage(byte[] Jpeg, int Width, int Height)
{
    private const int LongestSide = 560,
        Quality = 82;

    /// <summary>Whether it is higher than wide.</summary>
    public bool IsTall => Height > Width;

    public static GalleryImage Of(Picture picture)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (int i = 0, at = 0; i < pixels.Length; i += 4, at += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2], 255);
        double scale = Math.Min(1, (double)LongestSide / Math.Max(picture.Width, picture.Height));
        var size = new SKImageInfo(
            Math.Max(1, (int)(picture.Width * scale)),
            Math.Max(1, (int)(picture.Height * scale)),
            SKColorType.Rgba8888,
            SKAlphaType.Opaque
        );
        using var small = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new(jpeg.ToArray(), size.Width, size.Height);
    }
}
