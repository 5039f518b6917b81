using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>A line of shaped glyphs in the order they are seen.</summary>
/// <param name="Runs">Glyphs of one typeface each, with their places on the baseline.</param>
/// <param name="Width">In pixels.</param>
internal sealed record TextLine(IReadOnlyList<(SKTypeface Typeface, ushort[] Glyphs, SKPoint[] Places)> Runs, float Width);
