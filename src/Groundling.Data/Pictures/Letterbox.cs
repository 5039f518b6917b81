namespace Groundling.Data;

/// <summary>How a picture fits the network's input: aspect kept, then padded at the right and the bottom to a multiple of 64.</summary>
/// <param name="SourceWidth">The picture's columns.</param>
/// <param name="SourceHeight">The picture's rows.</param>
/// <param name="ContentWidth">Columns the resized picture takes of the input.</param>
/// <param name="ContentHeight">Rows the resized picture takes of the input.</param>
/// <param name="Width">The input's columns, a multiple of 64.</param>
/// <param name="Height">The input's rows, a multiple of 64.</param>
public sealed record Letterbox(int SourceWidth, int SourceHeight, int ContentWidth, int ContentHeight, int Width, int Height)
{
    /// <summary>The input's sides are multiples of this: the VAE divides by 8, the UNet by 8 again.</summary>
    public const int Multiple = 64;

    /// <summary>Fits a picture into an input.</summary>
    /// <param name="sourceWidth">The picture's columns.</param>
    /// <param name="sourceHeight">The picture's rows.</param>
    /// <param name="size">The longer side after resizing; 0 keeps the picture's own size. The shorter side is at least 1.</param>
    public static Letterbox Fit(int sourceWidth, int sourceHeight, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceHeight, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        int longer = Math.Max(sourceWidth, sourceHeight);
        int width = size == 0 ? sourceWidth : Scaled(sourceWidth, size, longer);
        int height = size == 0 ? sourceHeight : Scaled(sourceHeight, size, longer);
        return new Letterbox(sourceWidth, sourceHeight, width, height, Padded(width), Padded(height));
    }

    /// <summary>The picture as the network reads it.</summary>
    /// <param name="picture">A picture of the source size.</param>
    /// <returns>[3, Height, Width] in [-1, 1]; padding is 0, mid grey. The same numbers on every machine.</returns>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public float[] ToNetwork(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width != SourceWidth || picture.Height != SourceHeight)
            throw new ArgumentException($"This letterbox is for {SourceWidth} x {SourceHeight}; the picture is {picture.Width} x {picture.Height}.", nameof(picture));
        var input = new float[3L * Height * Width];
        if (ContentWidth == SourceWidth && ContentHeight == SourceHeight)
            Copy(picture, input);
        else
            Resize(picture, input);
        return input;
    }

    private void Copy(Picture picture, float[] input)
    {
        var value = new float[256];
        for (int v = 0; v < 256; v++)
            value[v] = v / 127.5f - 1f;
        for (int channel = 0; channel < 3; channel++)
            for (int y = 0; y < SourceHeight; y++)
            {
                var from = picture.Rgb.AsSpan(3 * y * SourceWidth, 3 * SourceWidth);
                var to = input.AsSpan((channel * Height + y) * Width, SourceWidth);
                for (int x = 0; x < to.Length; x++)
                    to[x] = value[from[3 * x + channel]];
            }
    }

    private void Resize(Picture picture, float[] input)
    {
        // Rows first: each output row is a weighted sum of whole source rows, which is the vectorised part; then along the row.
        var rows = TriangleFilter.Create(SourceHeight, ContentHeight);
        var columns = TriangleFilter.Create(SourceWidth, ContentWidth);
        var row = new float[3 * SourceWidth];
        int plane = Height * Width;
        for (int y = 0; y < ContentHeight; y++)
        {
            Array.Clear(row);
            int top = rows.First[y];
            var vertical = rows.WeightsOf(y);
            for (int k = 0; k < vertical.Length; k++)
                TriangleFilter.AddScaled(picture.Rgb.AsSpan(3 * (top + k) * SourceWidth, row.Length), vertical[k], row);
            for (int x = 0; x < ContentWidth; x++)
            {
                float r = 0, g = 0, b = 0;
                int at = 3 * columns.First[x];
                foreach (float weight in columns.WeightsOf(x))
                {
                    r += weight * row[at];
                    g += weight * row[at + 1];
                    b += weight * row[at + 2];
                    at += 3;
                }
                int to = y * Width + x;
                input[to] = Normalised(r);
                input[to + plane] = Normalised(g);
                input[to + 2 * plane] = Normalised(b);
            }
        }
    }

    private static float Normalised(float v) => Math.Clamp(v / 127.5f - 1f, -1f, 1f);

    private static int Scaled(int side, int size, int longer) => (int)Math.Max(1, (2L * side * size + longer) / (2L * longer));

    private static int Padded(int side) => checked((side + Multiple - 1) / Multiple * Multiple);
}
