using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Where everything stands on the figure: the legend below wide pictures, beside tall ones.</summary>
internal sealed class OverlayLayout
{
    private OverlayLayout(DisplayFrame frame, Legend legend, bool isBeside, int phrases, double numbers)
    {
        (Frame, Legend) = (frame, legend);
        Margin = (int)MathF.Round(frame.FontSize * 1.1f);
        NumberSize = Math.Max(9, frame.FontSize * 0.78f) * (float)numbers;
        NumberHalf = new SKPoint(
            NumberSize
                * (
                    phrases > 99 ? 1.25f
                    : phrases > 9 ? 0.95f
                    : 0.72f
                ),
            NumberSize * 0.72f
        );
        int across = (int)Math.Ceiling(legend.Width),
            down = (int)Math.Ceiling(legend.Height);
        (Width, Height) = isBeside
            ? (frame.Width + across + 3 * Margin, Math.Max(frame.Height, down) + 2 * Margin)
            : (Math.Max(frame.Width, across) + 2 * Margin, frame.Height + down + 3 * Margin);
        if (legend.Height == 0)
            (Width, Height) = (frame.Width + 2 * Margin, frame.Height + 2 * Margin);
        Longer = Math.Max(Width, Height);
        (Width, Height) = (Math.Min(Width, OverlayRenderer.LongestSide), Math.Min(Height, OverlayRenderer.LongestSide));
        PictureLeft = isBeside ? Margin : Math.Max(Margin, (Width - frame.Width) / 2);
        LegendLeft = isBeside ? frame.Width + 2 * Margin : Margin;
        LegendTop = isBeside ? Margin : frame.Height + 2 * Margin;
    }

    public DisplayFrame Frame { get; }

    public Legend Legend { get; }

    /// <summary>The longer side as it would be without a limit; what passes the limit is not shown.</summary>
    public int Longer { get; }

    public int Width { get; }

    public int Height { get; }

    public int Margin { get; }

    public int PictureLeft { get; }

    public float LegendLeft { get; }

    public float LegendTop { get; }

    /// <summary>The font of the numbers in the picture.</summary>
    public float NumberSize { get; }

    /// <summary>Half the width and height of a number's mark.</summary>
    public SKPoint NumberHalf { get; }

    public static OverlayLayout For(Grounding grounding, IReadOnlyList<Colour> colours, Typefaces typefaces, double numbers = 1)
    {
        var frame = DisplayFrame.For(grounding.Picture.Width, grounding.Picture.Height);
        while (true)
        {
            bool isBeside = frame.Height > 1.15 * frame.Width;
            var legend = isBeside
                ? Legend.Beside(grounding, colours, typefaces, frame, frame.Height)
                : Legend.Below(grounding, colours, typefaces, frame, Math.Max(frame.Width, 30 * frame.FontSize));
            if (!isBeside && legend.Height > frame.Height) // many phrases: a wider page, for a figure about as high as wide
                legend = Legend.Below(grounding, colours, typefaces, frame, Math.Max(frame.Width, MathF.Sqrt(2 * legend.TextArea)));
            var layout = new OverlayLayout(frame, legend, isBeside, grounding.Phrases.Count, numbers);
            var smaller = frame.Shrunk(Math.Clamp((double)OverlayRenderer.LongestSide / layout.Longer, 0.8, 0.97));
            if (layout.Longer <= OverlayRenderer.LongestSide || smaller == frame)
                return layout;
            frame = smaller;
        }
    }
}
