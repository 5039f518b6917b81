using System.Text;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Groundling.Rendering;

/// <summary>The embedded typeface, and system typefaces for what it lacks.</summary>
internal sealed class Typefaces : IDisposable
{
    private readonly SKTypeface _embedded = EmbeddedTypeface.Open();
    private readonly Dictionary<int, SKTypeface> _byCharacter = [];
    private readonly Dictionary<SKTypeface, SKShaper> _shapers = [];
    private List<SKTypeface>? _system;

    /// <summary>The typeface that has the whole cluster; the embedded one, with its box for the unknown, when none has.</summary>
    public SKTypeface For(ReadOnlySpan<char> cluster)
    {
        int lacking = -1;
        foreach (var rune in cluster.EnumerateRunes())
            if (!IsInvisible(rune.Value) && !_embedded.ContainsGlyph(rune.Value))
            {
                lacking = rune.Value;
                break;
            }
        if (lacking < 0)
            return _embedded;
        if (!_byCharacter.TryGetValue(lacking, out var typeface))
            _byCharacter.Add(lacking, typeface = FromSystem(lacking) ?? _embedded);
        return typeface;
    }

    public SKShaper ShaperOf(SKTypeface typeface)
    {
        if (!_shapers.TryGetValue(typeface, out var shaper))
            _shapers.Add(typeface, shaper = new SKShaper(typeface));
        return shaper;
    }

    public static SKFont FontOf(SKTypeface typeface, float size) =>
        new(typeface, size)
        {
            Subpixel = true,
            Edging = SKFontEdging.Antialias,
            Hinting = SKFontHinting.None,
        };

    public void Dispose()
    {
        foreach (var shaper in _shapers.Values)
            shaper.Dispose();
        foreach (var typeface in _system ?? [])
            typeface.Dispose();
        _embedded.Dispose();
    }

    private SKTypeface? FromSystem(int character)
    {
        if (_system is null)
        {
            _system = [];
            foreach (var family in SKFontManager.Default.FontFamilies.Order(StringComparer.Ordinal))
                if (SKFontManager.Default.MatchFamily(family) is { } typeface)
                    _system.Add(typeface);
        }
        if (SKFontManager.Default.MatchCharacter(character) is { } matched)
        {
            _system.Add(matched);
            if (matched.ContainsGlyph(character))
                return matched;
        }
        return _system.Find(t => t.ContainsGlyph(character));
    }

    /// <summary>Joiners, variation selectors and marks of direction have no shape of their own.</summary>
    private static bool IsInvisible(int c) =>
        c
            is (>= 0x200B and <= 0x200F)
                or (>= 0x202A and <= 0x202E)
                or (>= 0x2060 and <= 0x2069)
                or (>= 0xFE00 and <= 0xFE0F)
                or 0xFEFF
                or (>= 0xE0000 and <= 0xE0FFF);
}
