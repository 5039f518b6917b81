namespace Groundling.Rendering;

/// <summary>How large a picture is shown, and the sizes that follow from it.</summary>
/// <param name="SourceWidth">The picture's columns.</param>
/// <param name="SourceHeight">The picture's rows.</param>
/// <param name="Width">Columns shown.</param>
/// <param name="Height">Rows shown.</param>
/// <param name="FontSize">The legend's font, in pixels.</param>
internal sealed record DisplayFrame(int SourceWidth, int SourceHeight, int Width, int Height, float FontSize)
{
    private const int Wanted = 900,
        Largest = 3000,
        Narrowest = 48;

    /// <summary>Shown pixels a source pixel, across.</summary>
    public double ScaleX => (double)Width / SourceWidth;

    /// <summary>Shown pixels a source pixel, down.</summary>
    public double ScaleY => (double)Height / SourceHeight;

    /// <summary>True where single source pixels are meant to be seen as squares.</summary>
    public bool IsBlocky => ScaleX >= 4 || ScaleY >= 4;

    /// <summary>Thickness of outlines, in pixels.</summary>
    public float Line => Math.Clamp(Math.Max(Width, Height) / 560f, 1.6f, 5f);

    /// <summary>Small pictures are enlarged by a whole factor, large ones reduced, slivers widened.</summary>
    public static DisplayFrame For(int width, int height)
    {
        int longer = Math.Max(width, height);
        double scale = longer < Wanted ? (Wanted + longer - 1) / longer : Math.Min(1, (double)Largest / longer);
        int narrowest = Math.Max(Narrowest, (int)(longer * scale / 25));
        int shownWidth = Shown(width, scale, narrowest),
            shownHeight = Shown(height, scale, narrowest);
        float font = Math.Clamp(Math.Max(shownWidth, shownHeight) / 62f, 15f, 46f);
        return new DisplayFrame(width, height, shownWidth, shownHeight, font);
    }

    /// <summary>The same picture shown smaller, with smaller writing.</summary>
    public DisplayFrame Shrunk(double by) =>
        this with
        {
            Width = Math.Max(Math.Min(Width, Narrowest), (int)(Width * by)),
            Height = Math.Max(Math.Min(Height, Narrowest), (int)(Height * by)),
            FontSize = Math.Max(9, (float)(FontSize * by)),
        };

    private static int Shown(int side, double scale, int narrowest)
    {
        int shown = (int)Math.Round(side * scale);
        return shown >= narrowest ? shown : side * ((narrowest + side - 1) / side);
    }
}
