using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Many pictures on one page, each small and with its name: whether a folder's masks are right shows at a glance.</summary>
public static class ContactSheet
{
    /// <summary>The most pictures of a sheet.</summary>
    public const int Most = Columns * Rows;

    private const int Columns = 6,
        Rows = 8,
        CellWidth = 300,
        CellHeight = 225,
        Gap = 12;
    private const float FontSize = 15;

    /// <summary>A picture as a cell shows it, for a sheet that is drawn later: no larger than that.</summary>
    public static Picture Thumbnail(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var scale = Math.Min((double)CellWidth / picture.Width, (double)CellHeight / picture.Height);
        if (scale >= 1)
            return picture;
        using var large = Bitmaps.Of(picture);
        var size = new SKSizeI(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
        using var small = large.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return Bitmaps.ToPicture(small);
    }

    /// <summary>Draws a sheet.</summary>
    /// <param name="cells">Thumbnails and names, at most <see cref="Most"/>, row by row.</param>
    /// <exception cref="ArgumentException">There are none, or more.</exception>
    public static Picture Render(IReadOnlyList<(Picture Thumbnail, string Name)> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count is 0 or > Most)
            throw new ArgumentException($"{cells.Count} pictures; a sheet has 1 to {Most}.", nameof(cells));
        using var typefaces = new Typefaces();
        var text = new TextSetter(typefaces, FontSize);
        int columns = Math.Min(Columns, cells.Count),
            rows = (cells.Count + columns - 1) / columns,
            below = (int)Math.Ceiling(text.LineHeight) + 4;
        using var page = new SKBitmap(
            new SKImageInfo(
                columns * (CellWidth + Gap) + Gap,
                rows * (CellHeight + below + Gap) + Gap,
                SKColorType.Rgba8888,
                SKAlphaType.Opaque
            )
        );
        using var canvas = new SKCanvas(page);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.Clear(SKColors.White);
        foreach (var (place, (picture, name)) in cells.Index())
        {
            int left = Gap + place % columns * (CellWidth + Gap),
                top = Gap + place / columns * (CellHeight + below + Gap);
            Draw(canvas, picture, left + (CellWidth - picture.Width) / 2, top + CellHeight - picture.Height);
            var line = text.Wrap(name, CellWidth, most: 1)[0];
            text.Draw(canvas, line, left + Math.Max(0, (CellWidth - line.Width) / 2), top + CellHeight + FontSize + 2, ink);
        }
        canvas.Flush();
        return Bitmaps.ToPicture(page);
    }

    private static void Draw(SKCanvas canvas, Picture picture, int left, int top)
    {
        using var bitmap = Bitmaps.Of(picture);
        canvas.DrawBitmap(bitmap, left, top);
    }
}
