using Groundling.Data;
using SkiaSharp;

namespace Groundling.Training.Evaluation;

/// <summary>A narrative of the gallery: the picture with the method's masks and with the ground truth.</summary>
internal sealed record GalleryFigure(EvaluationCase Case, NarrativeResult Result, byte[] Predicted, byte[] Truth, int Width, int Height)
{
    private const int LongestSide = 560, Quality = 82;

    public static GalleryFigure Draw(EvaluationCase given, NarrativeResult result, EvaluationSettings settings)
    {
        var letterbox = Evaluator.LetterboxOf(given, settings.Size);
        var (left, width, height) = Encode(Overlay(given, result, settings.Size));
        var (right, _, _) = Encode(Drawn(given, given.Truth.Select(mask => AtPicture(mask, given.Picture, letterbox))));
        return new(given, result, left, right, width, height);
    }

    /// <summary>The picture with the method's masks.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="result">Its result, with masks.</param>
    /// <param name="size">The network's longer side.</param>
    public static Picture Overlay(EvaluationCase given, NarrativeResult result, int size)
    {
        var letterbox = Evaluator.LetterboxOf(given, size);
        return Drawn(given, result.Phrases.Select(p => AtPicture(RunLengthMask.Parse(p.Counts!, result.Width, result.Height), given.Picture, letterbox)));
    }

    private static Picture Drawn(EvaluationCase given, IEnumerable<RunLengthMask> masks) =>
        OverlayRenderer.RenderPicture(new Grounding(given.Picture, given.Example.Caption, [.. masks.Zip(given.Example.Phrases, (mask, phrase) => new GroundedPhrase(phrase.Span, 1, mask))]));

    /// <summary>A mask of another resolution, each pixel of the picture from the cell it lies in; the padding falls away.</summary>
    private static RunLengthMask AtPicture(RunLengthMask mask, Picture picture, Letterbox letterbox)
    {
        if ((mask.Width, mask.Height) == (picture.Width, picture.Height))
            return mask;
        bool isWhole = (mask.Width, mask.Height) == (letterbox.SourceWidth, letterbox.SourceHeight);
        double across = isWhole ? mask.Width : letterbox.ContentWidth / 4.0, down = isWhole ? mask.Height : letterbox.ContentHeight / 4.0;
        var from = mask.ToBytes();
        var to = new byte[picture.Width * picture.Height];
        for (int y = 0, i = 0; y < picture.Height; y++)
        {
            int row = Math.Min((int)((y + 0.5) * down / picture.Height), mask.Height - 1) * mask.Width;
            for (int x = 0; x < picture.Width; x++, i++)
                to[i] = from[row + Math.Min((int)((x + 0.5) * across / picture.Width), mask.Width - 1)];
        }
        return RunLengthMask.FromBytes(to, picture.Width, picture.Height);
    }

    private static (byte[] Jpeg, int Width, int Height) Encode(Picture picture)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (int i = 0, at = 0; i < pixels.Length; i += 4, at += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2], 255);
        double scale = Math.Min(1, (double)LongestSide / Math.Max(picture.Width, picture.Height));
        var size = new SKImageInfo(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var small = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return (jpeg.ToArray(), size.Width, size.Height);
    }
}
