using Groundling.Data;
using ScottPlot;
using SkiaSharp;

namespace Groundling.Cli;

/// <summary>Plots use the font that the program carries, so that they look the same, and have letters at all, on machines without fonts.</summary>
internal sealed class PlotFont : IFontResolver
{
    private static readonly Lock Once = new();
    private static SKTypeface? _typeface;

    public static void Use()
    {
        lock (Once)
        {
            if (_typeface is not null) return;
            using var stream = typeof(Picture).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
            _typeface = SKTypeface.FromStream(stream);
            Fonts.FontResolvers.Insert(0, new PlotFont());
        }
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => _typeface;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => _typeface;
}
