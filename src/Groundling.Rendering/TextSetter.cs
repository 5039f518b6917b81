using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Shapes, wraps and draws text of one size in any script.</summary>
internal sealed class TextSetter(Typefaces typefaces, float size)
{
    private readonly Dictionary<(string Text, bool RightToLeft), TextLine> _lines = [];

    /// <summary>From one baseline to the next.</summary>
    public float LineHeight => size * 1.3f;

    /// <summary>The font's size in pixels.</summary>
    public float Size => size;

    public TextLine Line(string text) => Line(text, Bidi.IsRightToLeft(text));

    /// <summary>Breaks text at blanks, and inside words where one is too long.</summary>
    /// <param name="text">One paragraph.</param>
    /// <param name="width">The widest a line may be.</param>
    /// <param name="most">The most lines; the last one ends in an ellipsis where there would be more.</param>
    public IReadOnlyList<TextLine> Wrap(string text, float width, int most)
    {
        bool rightToLeft = Bidi.IsRightToLeft(text);
        var lines = new List<string>();
        var line = "";
        var waiting = new Stack<string>(Plain(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (waiting.TryPop(out var word))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (Line(longer, rightToLeft).Width <= width)
            {
                line = longer;
                continue;
            }
            if (line.Length > 0)
            {
                lines.Add(line);
                line = "";
                waiting.Push(word);
            }
            else
            {
                int fits = Fitting(word, width, rightToLeft);
                lines.Add(word[..fits]);
                if (fits < word.Length)
                    waiting.Push(word[fits..]);
            }
            if (lines.Count == most && waiting.Count > 0)
            {
                lines[^1] = Shortened(lines[^1], width, rightToLeft);
                return [.. lines.Select(l => Line(l, rightToLeft))];
            }
        }
        if (line.Length > 0 || lines.Count == 0)
            lines.Add(line);
        return [.. lines.Select(l => Line(l, rightToLeft))];
    }

    public void Draw(SKCanvas canvas, TextLine line, float x, float baseline, SKPaint paint)
    {
        foreach (var (typeface, glyphs, places) in line.Runs)
        {
            using var font = Typefaces.FontOf(typeface, size);
            using var builder = new SKTextBlobBuilder();
            builder.AddPositionedRun(glyphs, font, places);
            using var blob = builder.Build();
            if (blob is not null)
                canvas.DrawText(blob, x, baseline, paint);
        }
    }

    private TextLine Line(string text, bool rightToLeft)
    {
        if (_lines.TryGetValue((text, rightToLeft), out var known))
            return known;
        var runs = new List<(SKTypeface, ushort[], SKPoint[])>();
        float x = 0;
        foreach (var (start, end, level, typeface) in InSight(Itemise(text, rightToLeft)))
        {
            using var buffer = new HarfBuzzSharp.Buffer();
            buffer.AddUtf16(text.AsSpan(), start, end - start);
            buffer.Direction = (level & 1) == 1 ? Direction.RightToLeft : Direction.LeftToRight;
            buffer.Language = new Language("en");
            buffer.GuessSegmentProperties();
            using var font = Typefaces.FontOf(typeface, size);
            var shaped = typefaces.ShaperOf(typeface).Shape(buffer, x, 0, font);
            runs.Add((typeface, [.. shaped.Codepoints.Select(c => (ushort)c)], shaped.Points));
            x += shaped.Width;
        }
        return _lines[(text, rightToLeft)] = new TextLine(runs, x);
    }

    /// <summary>Stretches of one level and one typeface, in reading order.</summary>
    private List<(int Start, int End, byte Level, SKTypeface Typeface)> Itemise(string text, bool rightToLeft)
    {
        var levels = Bidi.Levels(text, rightToLeft);
        var runs = new List<(int Start, int End, byte Level, SKTypeface Typeface)>();
        for (int at = 0; at < text.Length; )
        {
            int end = at + StringInfo.GetNextTextElementLength(text, at);
            var typeface = typefaces.For(text.AsSpan(at, end - at));
            if (runs.Count > 0 && runs[^1].Level == levels[at] && runs[^1].Typeface == typeface)
                runs[^1] = runs[^1] with { End = end };
            else
                runs.Add((at, end, levels[at], typeface));
            at = end;
        }
        return runs;
    }

    /// <summary>Turns stretches of the higher levels around: from reading order to the order seen from left to right.</summary>
    private static List<(int Start, int End, byte Level, SKTypeface Typeface)> InSight(
        List<(int Start, int End, byte Level, SKTypeface Typeface)> runs
    )
    {
        for (int level = 2; level >= 1; level--)
        for (int start = 0; start < runs.Count; start++)
        {
            int end = start;
            while (end < runs.Count && runs[end].Level >= level)
                end++;
            if (end - start > 1)
                runs.Reverse(start, end - start);
            start = Math.Max(start, end - 1);
        }
        return runs;
    }

    private int Fitting(string word, float width, bool rightToLeft)
    {
        int[] ends = [.. StringInfo.ParseCombiningCharacters(word).Skip(1), word.Length];
        int low = 0,
            high = ends.Length - 1; // at least one text element, however narrow the line
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Line(word[..ends[middle]], rightToLeft).Width <= width)
                low = middle;
            else
                high = middle - 1;
        }
        return ends[low];
    }

    private string Shortened(string line, float width, bool rightToLeft)
    {
        while (line.Length > 1 && Line(line + "…", rightToLeft).Width > width)
            line = line[..StringInfo.ParseCombiningCharacters(line)[^1]];
        return line.TrimEnd() + "…";
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char c in text)
            plain.Append(char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c);
        return plain.ToString();
    }
}
