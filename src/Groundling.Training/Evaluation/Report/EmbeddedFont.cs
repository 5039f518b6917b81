using Groundling.Data;
using ScottPlot;
using SkiaSharp;

namespace Groundling.Training.Evaluation;

/// <summary>Lets charts write with the font that comes with the library, so that they look the same on every machine.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The font's name in charts.</summary>
    public const string Name = "Groundling DejaVu Sans";

    private static readonly Lazy<bool> Registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        return true;
    });

    /// <summary>Makes the font known to charts.</summary>
    public static void Register() => _ = Registered.Value;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => Open(fontName);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Open(fontName);

    private static SKTypeface? Open(string name)
    {
        if (name != Name)
            return null;
        using var file = typeof(Picture).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
            ?? throw new InvalidOperationException("The embedded font DejaVuSans.ttf is missing from the assembly.");
        return SKTypeface.FromStream(file);
    }
}
