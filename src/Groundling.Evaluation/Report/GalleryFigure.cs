using Groundling.Data;
using SkiaSharp;

namespace Groundling.Evaluation;

/// <summary>A narrative of the gallery: the picture with the method's masks and with the ground truth.</summary>
internal sealed record GalleryFigure(EvaluationCase Case, NarrativeResult Result, byte[] Predicted, byte[] Truth, int Width, int Height)
{
    private const int LongestSide = 560,
        Quality = 82;

    public static GalleryFigure Draw(EvaluationCase given, NarrativeResult result, EvaluationSettings settings)
    {
        var (left, width, height) = Encode(ResultOverlay.Render(given, result, settings.Size));
        var (right, _, _) = Encode(ResultOverlay.RenderTruth(given, settings.Size));
        return new(given, result, left, right, width, height);
    }

    private static (byte[] Jpeg, int Width, int Height) Encode(Picture picture)
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
        return (jpeg.ToArray(), size.Width, size.Height);
    }
}
