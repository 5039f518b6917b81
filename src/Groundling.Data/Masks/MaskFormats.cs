using System.Runtime.InteropServices;
using Groundling.Data;
using SkiaSharp;

namespace Groundling;

/// <summary>Masks as other programs want them: truth values, pictures, polygons.</summary>
public static class MaskFormats
{
    /// <summary>Whether a pixel is inside.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="x">Column, from 0.</param>
    /// <param name="y">Row, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pixel is not in the picture.</exception>
    public static bool Contains(this RunLengthMask mask, int x, int y)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, mask.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, mask.Height);
        long left = (long)x * mask.Height + y;
        var counts = mask.Counts.Span;
        int run = 0;
        for (; left >= counts[run]; run++)
            left -= counts[run];
        return (run & 1) == 1;
    }

    /// <summary>Writes the mask into truth values that are there already, with nothing between.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="rowMajor">[Height, Width]; true = inside.</param>
    /// <exception cref="ArgumentException">The buffer is not Width * Height long.</exception>
    public static void CopyTo(this RunLengthMask mask, Span<bool> rowMajor)
    {
        ArgumentNullException.ThrowIfNull(mask);
        mask.CopyTo(MemoryMarshal.AsBytes(rowMajor)); // a truth value is a byte of 0 or 1
    }

    /// <summary>The mask as truth values.</summary>
    /// <returns>[Height, Width]; true = inside.</returns>
    public static bool[] ToBooleans(this RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var rowMajor = new bool[mask.Width * mask.Height];
        mask.CopyTo(rowMajor.AsSpan());
        return rowMajor;
    }

    /// <summary>The mask as a PNG file of 8-bit grey: 255 inside, 0 outside.</summary>
    public static byte[] EncodePng(this RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using var bitmap = new SKBitmap();
        var info = new SKImageInfo(mask.Width, mask.Height, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.TryAllocPixels(info, rowBytes: mask.Width);
        var pixels = bitmap.GetPixelSpan();
        unsafe
        {
            fixed (byte* first = pixels)
            {
                var grey = new Span<byte>(first, pixels.Length);
                mask.CopyTo(grey);
                grey.Replace((byte)1, (byte)255);
            }
        }
        using var data =
            bitmap.Encode(SKEncodedImageFormat.Png, quality: 100)
            ?? throw new InvalidOperationException($"A {mask.Width} x {mask.Height} mask could not be encoded as PNG.");
        return data.ToArray();
    }

    /// <summary>
    /// The mask's outlines along the pixels' edges, exactly: filled by the even-odd rule they are the mask, and their areas, holes
    /// subtracted, sum to <see cref="RunLengthMask.Area"/>. Pixels that touch only at a corner are not joined;
    /// outlines may touch at corners.
    /// </summary>
    /// <returns>A polygon for each piece of the mask, from top to bottom, then left to right; none where the mask is empty.</returns>
    public static IReadOnlyList<MaskPolygon> ToPolygons(this RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return mask.Area == 0 ? [] : new OutlineTracer(mask).Trace();
    }
}
