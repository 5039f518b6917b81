using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Draws a grounding as a figure: the picture with each phrase's mask in a colour of its own, and a legend.</summary>
/// <remarks>
/// Small pictures are enlarged by a whole factor, large ones reduced: neither side of the figure passes <see cref="LongestSide"/>.
/// The embedded font makes the figure the same on every machine; only characters it lacks come from the system's fonts.
/// </remarks>
public static class OverlayRenderer
{
    /// <summary>The most pixels along a side of the figure.</summary>
    public const int LongestSide = 4096;

    /// <summary>Draws the figure.</summary>
    /// <param name="grounding">The picture and its phrases.</param>
    /// <param name="style">How masks lie over the picture.</param>
    /// <exception cref="ArgumentException">A mask has another size than the picture.</exception>
    public static Picture Render(Grounding grounding, FigureStyle style = FigureStyle.Contours)
    {
        RequireOneSize(grounding);

        // 1. How large everything is: shrink until picture and legend fit the figure.
        using var typefaces = new Typefaces();
        var colours = PhrasePalette.Take(grounding.Phrases.Count);
        var layout = OverlayLayout.For(grounding, colours, typefaces);

        // 2. The picture at its shown size, with every mask.
        var (shown, places) = Paint(grounding, colours, layout, style);
        using var painted = shown;

        // 3. The page: picture, numbers, legend.
        using var page = new SKBitmap(new SKImageInfo(layout.Width, layout.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(page))
        {
            canvas.Clear(SKColors.White);
            canvas.DrawBitmap(shown, layout.PictureLeft, layout.Margin);
            var text = new TextSetter(typefaces, layout.NumberSize);
            foreach (var (phrase, place) in places)
                DrawNumber(canvas, text, phrase, colours[phrase], place, layout, new SKPoint(layout.PictureLeft, layout.Margin));
            layout.Legend.Draw(canvas, layout.LegendLeft, layout.LegendTop, new SKSize(layout.Width, layout.Height));
        }
        return Bitmaps.ToPicture(page);
    }

    /// <summary>Draws the picture with masks and numbers alone, for pages that have a legend of their own.</summary>
    /// <param name="grounding">The picture and its phrases.</param>
    /// <param name="style">How masks lie over the picture.</param>
    /// <param name="numbers">How much larger than on the figure the numbers are: for pages that show the picture smaller.</param>
    /// <exception cref="ArgumentException">A mask has another size than the picture.</exception>
    public static Picture RenderPicture(Grounding grounding, FigureStyle style = FigureStyle.Contours, double numbers = 1)
    {
        RequireOneSize(grounding);
        using var typefaces = new Typefaces();
        var colours = PhrasePalette.Take(grounding.Phrases.Count);
        var layout = OverlayLayout.For(grounding, colours, typefaces, numbers);
        var (shown, places) = Paint(grounding, colours, layout, style);
        using var painted = shown;
        using (var canvas = new SKCanvas(shown))
        {
            var text = new TextSetter(typefaces, layout.NumberSize);
            foreach (var (phrase, place) in places)
                DrawNumber(canvas, text, phrase, colours[phrase], place, layout, default);
        }
        return Bitmaps.ToPicture(shown);
    }

    private static void RequireOneSize(Grounding grounding)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        var picture = grounding.Picture;
        if (grounding.Phrases.FirstOrDefault(p => p.Mask.Width != picture.Width || p.Mask.Height != picture.Height) is { } other)
            throw new ArgumentException(
                $"The mask of \"{other.Span.Text}\" is {other.Mask.Width} x {other.Mask.Height}, the picture {picture.Width} x {picture.Height}.",
                nameof(grounding)
            );
    }

    private static SKBitmap Scaled(Picture picture, DisplayFrame frame)
    {
        using var source = Bitmaps.Of(picture);
        var sampling =
            frame.IsBlocky || (frame.Width == picture.Width && frame.Height == picture.Height) ? new SKSamplingOptions(SKFilterMode.Nearest)
            : frame.ScaleX > 1 ? new SKSamplingOptions(SKCubicResampler.Mitchell)
            : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        return source.Resize(new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), sampling);
    }

    /// <summary>
    /// The picture with its masks, fills first, outlines above all fills, small masks above large ones; and where the numbers belong.
    /// </summary>
    private static (SKBitmap Shown, IReadOnlyList<(int Phrase, SKPoint Place)> Places) Paint(
        Grounding grounding,
        IReadOnlyList<Colour> colours,
        OverlayLayout layout,
        FigureStyle style
    )
    {
        int[] order =
        [
            .. Enumerable
                .Range(0, grounding.Phrases.Count)
                .Where(i => grounding.Phrases[i].Mask.Area > 0)
                .OrderByDescending(i => grounding.Phrases[i].Mask.Area),
        ];
        var scaling = Task.Run(() => Scaled(grounding.Picture, layout.Frame));
        var painter = new MaskPainter(layout.Frame, style);
        foreach (int i in order)
            painter.Tint(grounding.Phrases[i].Mask, colours[i]);
        var shown = scaling.GetAwaiter().GetResult();
        var placing = Task.Run(() => PlaceNumbers(grounding, order, layout, new(layout.Frame, style)));
        var canvas = shown.GetPixelSpan();
        painter.Fill(canvas);
        foreach (int i in order)
            painter.Outline(canvas, grounding.Phrases[i].Mask, colours[i]);
        return (shown, placing.GetAwaiter().GetResult());
    }

    /// <summary>The smallest masks first: they have the least room.</summary>
    private static List<(int Phrase, SKPoint Place)> PlaceNumbers(
        Grounding grounding,
        IEnumerable<int> order,
        OverlayLayout layout,
        MaskPainter painter
    )
    {
        var places = new List<(int Phrase, SKPoint Place)>();
        var taken = new List<SKPoint>();
        foreach (int i in order.Reverse())
            if (painter.PlaceNumber(grounding.Phrases[i].Mask, taken, layout.NumberHalf) is { } place)
            {
                places.Add((i, place));
                taken.Add(place);
            }
        return places;
    }

    private static void DrawNumber(
        SKCanvas canvas,
        TextSetter text,
        int phrase,
        Colour colour,
        SKPoint place,
        OverlayLayout layout,
        SKPoint corner
    )
    {
        var half = layout.NumberHalf;
        var centre = new SKPoint(
            corner.X + Math.Clamp(place.X, half.X, Math.Max(half.X, layout.Frame.Width - half.X)),
            corner.Y + Math.Clamp(place.Y, half.Y, Math.Max(half.Y, layout.Frame.Height - half.Y))
        );
        using var halo = new SKPaint { Color = SKColors.White, IsAntialias = true };
        float rim = Math.Max(1, half.Y * 0.14f);
        using var around = new SKRoundRect(
            new SKRect(centre.X - half.X - rim, centre.Y - half.Y - rim, centre.X + half.X + rim, centre.Y + half.Y + rim),
            half.Y * 0.55f + rim
        );
        canvas.DrawRoundRect(around, halo);
        Legend.DrawChip(canvas, text, phrase + 1, colour, centre, half, isFound: true);
    }
}
