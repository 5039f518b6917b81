using Groundling.Rendering;
using ScottPlot;
using SkiaSharp;

namespace Groundling.Evaluation;

/// <summary>Lets charts write with the font that comes with the library, so that they look the same on every machine.</summary>
public sealed class ChartFont : IFontResolver
{
    /// <summary>The font's name in charts.</summary>
    public const string Name = "Groundling DejaVu Sans";

    private static readonly Lazy<bool> Registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new ChartFont());
        return true;
    });

    /// <summary>Makes the font known to charts.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => Open(fontName);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Open(fontName);

    private static SKTypeface? Open(string name) => name == Name ? EmbeddedTypeface.Open() : null;
}
