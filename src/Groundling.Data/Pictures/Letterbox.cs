using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        var input = new float[3L * Height * Width];
        ToNetwork(picture, input);
        return input;
    }

    /// <summary>Writes the picture into a buffer that is used again.</summary>
    /// <param name="picture">A picture of the source size.</param>
    /// <param name="input">[3, Height, Width]; overwritten as a whole.</param>
    /// <exception cref="ArgumentException">The picture or the buffer has another size.</exception>
    public void ToNetwork(Picture picture, Span<float> input)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width != SourceWidth || picture.Height != SourceHeight)
            throw new ArgumentException(
                $"This letterbox is for {SourceWidth} x {SourceHeight}; the picture is {picture.Width} x {picture.Height}.",
                nameof(picture)
            );
        if (input.Length != 3L * Height * Width)
            throw new ArgumentException(
                $"The input is [3, {Height}, {Width}], {3L * Height * Width} numbers; the buffer has {input.Length}.",
                nameof(input)
            );
        if (ContentWidth != Width || ContentHeight != Height)
            input.Clear();
        if (ContentWidth == SourceWidth && ContentHeight == SourceHeight)
            Copy(picture, input);
        else
            Resize(picture, input);
    }

    /// <summary>
    /// The same picture in a square input, for batches of pictures of different shapes; the padding stays at the right and the bottom.
    /// </summary>
    public Letterbox Squared() => this with { Width = Math.Max(Width, Height), Height = Math.Max(Width, Height) };

    /// <summary>A mask of the picture on the network's grid, or a coarser one.</summary>
    /// <param name="mask">A mask of the source size.</param>
    /// <param name="divisor">Network pixels a cell has a side; divides <see cref="Multiple"/>.</param>
    /// <returns>
    /// A mask of Width / divisor x Height / divisor: the cells of which more than half is covered. Nothing is in the padding.
    /// </returns>
    /// <exception cref="ArgumentException">The mask has another size, or the divisor does not divide <see cref="Multiple"/>.</exception>
    public RunLengthMask ToNetwork(RunLengthMask mask, int divisor = 1)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Width != SourceWidth || mask.Height != SourceHeight)
            throw new ArgumentException(
                $"This letterbox is for {SourceWidth} x {SourceHeight}; the mask is {mask.Width} x {mask.Height}.",
                nameof(mask)
            );
        if (divisor < 1 || Multiple % divisor != 0)
            throw new ArgumentException($"The divisor {divisor} does not divide {Multiple}.", nameof(divisor));
        var columns = TriangleFilter.Create(SourceWidth, Cells(ContentWidth, divisor), (double)divisor * SourceWidth / ContentWidth);
        var rows = TriangleFilter.Create(SourceHeight, Cells(ContentHeight, divisor), (double)divisor * SourceHeight / ContentHeight);
        return MaskResampler.Resample(mask, rows, columns, Width / divisor, Height / divisor);
    }

    /// <summary>A mask of the network's grid, or a coarser one, at the picture's size.</summary>
    /// <param name="mask">A mask of the network's size, divided by what divides <see cref="Multiple"/>; its padding is cut off.</param>
    /// <returns>A mask of the source size.</returns>
    /// <exception cref="ArgumentException">The mask has another size.</exception>
    public RunLengthMask ToPicture(RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        int divisor = Math.Max(1, Width / mask.Width);
        if (mask.Width * divisor != Width || mask.Height * divisor != Height)
            throw new ArgumentException(
                $"This letterbox's input is {Width} x {Height}; the mask is {mask.Width} x {mask.Height}.",
                nameof(mask)
            );
        var columns = TriangleFilter.Create(Cells(ContentWidth, divisor), SourceWidth, (double)ContentWidth / divisor / SourceWidth);
        var rows = TriangleFilter.Create(Cells(ContentHeight, divisor), SourceHeight, (double)ContentHeight / divisor / SourceHeight);
        return MaskResampler.Resample(mask, rows, columns, SourceWidth, SourceHeight);
    }

    private static int Cells(int content, int divisor) => (content + divisor - 1) / divisor;

    private void Copy(Picture picture, Span<float> input)
    {
        var value = new float[256];
        for (int v = 0; v < 256; v++)
            value[v] = v / 127.5f - 1f;
        for (int channel = 0; channel < 3; channel++)
        for (int y = 0; y < SourceHeight; y++)
        {
            var from = picture.Rgb.AsSpan(3 * y * SourceWidth, 3 * SourceWidth);
            var to = input.Slice((channel * Height + y) * Width, SourceWidth);
            for (int x = 0; x < to.Length; x++)
                to[x] = value[from[3 * x + channel]];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resize(Picture picture, Span<float> input)
    {
        // Rows first: each output row is a weighted sum of whole source rows, which is the vectorised part; then along the row.
        var rows = TriangleFilter.Create(SourceHeight, ContentHeight);
        var columns = TriangleFilter.Create(SourceWidth, ContentWidth);
        int length = 3 * SourceWidth,
            plane = Height * Width;
        var row = new float[length + 1]; // room to read the last pixel as four numbers
        for (int y = 0; y < ContentHeight; y++)
        {
            Array.Clear(row);
            int top = rows.First[y];
            var vertical = rows.WeightsOf(y);
            for (int k = 0; k < vertical.Length; k++)
                TriangleFilter.AddScaled(picture.Rgb.AsSpan(3 * (top + k) * SourceWidth, length), vertical[k], row.AsSpan(0, length));
            for (int x = 0; x < ContentWidth; x++)
            {
                // Red, green and blue at once; the fourth number is not used.
                var sum = Vector128<float>.Zero;
                int at = 3 * columns.First[x];
                foreach (float weight in columns.WeightsOf(x))
                {
                    sum += Vector128.Create(weight) * Vector128.Create<float>(row.AsSpan(at, 4));
                    at += 3;
                }
                var value = Vector128.Min(
                    Vector128.Max(sum / Vector128.Create(127.5f) - Vector128<float>.One, -Vector128<float>.One),
                    Vector128<float>.One
                );
                int to = y * Width + x;
                input[to] = value[0];
                input[to + plane] = value[1];
                input[to + 2 * plane] = value[2];
            }
        }
    }

    private static int Scaled(int side, int size, int longer) => (int)Math.Max(1, (2L * side * size + longer) / (2L * longer));

    private static int Padded(int side) => checked((side + Multiple - 1) / Multiple * Multiple);
}
