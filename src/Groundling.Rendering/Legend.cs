using System.Globalization;
using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Names each phrase with its number, colour and score, in columns.</summary>
internal sealed class Legend
{
    private const float WidestText = 22; // in font sizes
    private readonly TextSetter _text,
        _small;
    private readonly List<List<LegendEntry>> _columns;
    private readonly float _columnWidth,
        _textWidth,
        _chip,
        _gap;

    private Legend(
        Grounding grounding,
        IReadOnlyList<Colour> colours,
        Typefaces typefaces,
        DisplayFrame frame,
        float width,
        float height,
        bool grows
    )
    {
        float size = frame.FontSize;
        (_text, _small) = (new TextSetter(typefaces, size), new TextSetter(typefaces, size * 0.8f));
        (_chip, _gap) = (size * (grounding.Phrases.Count > 99 ? 2.3f : 1.9f), size * 1.6f);
        float fixedWidth = _chip + size * 0.6f + size * 3.2f;
        int most = grounding.Phrases.Count > 60 ? 2 : 4;
        _textWidth = Math.Clamp(
            Natural(grounding, WidestText * size),
            size * 4,
            Math.Max(size * 4, grows ? WidestText * size : width - fixedWidth)
        );
        List<LegendEntry> entries = [.. grounding.Phrases.Select((p, i) => Entry(p, i, colours[i], most))];
        _columnWidth = fixedWidth + _textWidth;

        // As many columns as the width holds, as even as can be; beside a picture, as many as its height asks for.
        float total = entries.Sum(e => e.Height),
            tallest = entries.Count == 0 ? 0 : entries.Max(e => e.Height);
        TextArea = total * (_columnWidth + _gap);
        float wanted = Math.Max(height, tallest);
        if (!grows)
        {
            int count = Math.Max(1, (int)((width + _gap) / (_columnWidth + _gap)));
            wanted = Math.Max(total / count, tallest);
            while (Columns(entries, wanted).Count > count)
                wanted += size * 0.25f;
        }
        _columns = Columns(entries, wanted);
        Width = _columns.Count * _columnWidth + (_columns.Count - 1) * _gap;
        Height = _columns.Count == 0 ? 0 : _columns.Max(c => c.Sum(e => e.Height));
    }

    /// <summary>Pixels across.</summary>
    public float Width { get; }

    /// <summary>Pixels down.</summary>
    public float Height { get; }

    /// <summary>Square pixels that one column of all entries would take.</summary>
    public float TextArea { get; }

    /// <summary>A legend no wider than the given width.</summary>
    public static Legend Below(Grounding grounding, IReadOnlyList<Colour> colours, Typefaces typefaces, DisplayFrame frame, float width) =>
        new(grounding, colours, typefaces, frame, width, 0, grows: false);

    /// <summary>A legend of as many columns as fit the given height.</summary>
    public static Legend Beside(
        Grounding grounding,
        IReadOnlyList<Colour> colours,
        Typefaces typefaces,
        DisplayFrame frame,
        float height
    ) => new(grounding, colours, typefaces, frame, 0, height, grows: true);

    /// <summary>Draws the entries that the page has room for, and how many it has none for.</summary>
    public void Draw(SKCanvas canvas, float left, float top, SKSize page)
    {
        using var ink = new SKPaint { Color = new SKColor(0x20, 0x24, 0x2A), IsAntialias = true };
        using var faint = new SKPaint { Color = new SKColor(0x6B, 0x72, 0x7C), IsAntialias = true };
        var places = Places(left, top).ToList();
        var shown = places.FindAll(p => p.X + _columnWidth <= page.Width && p.Y + p.Entry.Height <= page.Height);
        bool isWhole = shown.Count == places.Count;
        foreach (var (entry, x, y) in isWhole ? shown : shown.SkipLast(1))
            Draw(canvas, entry, x, y, ink, faint);
        if (!isWhole && shown.Count > 0)
        {
            var note = _text.Line(string.Create(CultureInfo.InvariantCulture, $"… and {places.Count - shown.Count + 1} more"));
            _text.Draw(canvas, note, shown[^1].X, shown[^1].Y + _text.LineHeight * 0.86f, faint);
        }
    }

    /// <summary>A phrase's number on its colour; the same mark stands in the picture and in the legend.</summary>
    public static void DrawChip(SKCanvas canvas, TextSetter text, int number, Colour colour, SKPoint centre, SKPoint half, bool isFound)
    {
        using var rectangle = new SKRoundRect(
            new SKRect(centre.X - half.X, centre.Y - half.Y, centre.X + half.X, centre.Y + half.Y),
            half.Y * 0.55f
        );
        using var paint = new SKPaint { Color = new SKColor(colour.R, colour.G, colour.B), IsAntialias = true };
        if (!isFound)
        {
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = Math.Max(1, half.Y * 0.16f);
        }
        canvas.DrawRoundRect(rectangle, paint);
        using var ink = new SKPaint
        {
            Color =
                !isFound ? new SKColor(0x6B, 0x72, 0x7C)
                : colour.IsLight ? new SKColor(0x16, 0x1A, 0x1F)
                : SKColors.White,
            IsAntialias = true,
        };
        var line = text.Line(number.ToString(CultureInfo.InvariantCulture));
        text.Draw(canvas, line, centre.X - line.Width / 2, centre.Y + text.Size * 0.365f, ink);
    }

    private IEnumerable<(LegendEntry Entry, float X, float Y)> Places(float left, float top)
    {
        foreach (var column in _columns)
        {
            float y = top;
            foreach (var entry in column)
            {
                yield return (entry, left, y);
                y += entry.Height;
            }
            left += _columnWidth + _gap;
        }
    }

    private void Draw(SKCanvas canvas, LegendEntry entry, float left, float top, SKPaint ink, SKPaint faint)
    {
        float baseline = top + _text.LineHeight * 0.86f,
            middle = baseline - _text.Size * 0.36f;
        DrawChip(
            canvas,
            _small,
            entry.Number,
            entry.Colour,
            new SKPoint(left + _chip / 2, middle),
            new SKPoint(_chip / 2, _text.Size * 0.58f),
            entry.IsFound
        );
        float x = left + _chip + _text.Size * 0.6f;
        foreach (var line in entry.Lines)
        {
            _text.Draw(canvas, line, x, baseline, entry.IsFound ? ink : faint);
            baseline += _text.LineHeight;
        }
        _small.Draw(canvas, entry.Score, left + _columnWidth - entry.Score.Width, middle + _small.Size * 0.36f, faint);
    }

    private LegendEntry Entry(GroundedPhrase phrase, int index, Colour colour, int most)
    {
        var lines = _text.Wrap(phrase.Span.Text, _textWidth, most);
        bool isFound = phrase.Mask.Area > 0;
        var score = _small.Line(isFound ? phrase.Score.ToString("0.00", CultureInfo.InvariantCulture) : "none");
        return new LegendEntry(index + 1, colour, lines, score, isFound, lines.Count * _text.LineHeight + _text.Size * 0.35f);
    }

    private float Natural(Grounding grounding, float cap)
    {
        float widest = 0;
        foreach (var phrase in grounding.Phrases)
            widest = Math.Max(widest, _text.Wrap(phrase.Span.Text, cap, 1)[0].Width);
        return widest + 1;
    }

    private static List<List<LegendEntry>> Columns(List<LegendEntry> entries, float height)
    {
        var columns = new List<List<LegendEntry>>();
        float used = float.MaxValue;
        foreach (var entry in entries)
        {
            if (used + entry.Height > height + 0.5f)
            {
                columns.Add([]);
                used = 0;
            }
            columns[^1].Add(entry);
            used += entry.Height;
        }
        return columns;
    }
}
