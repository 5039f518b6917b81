using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Pictures as Skia's bitmaps, and back.</summary>
internal static class Bitmaps
{
    /// <summary>The caller owns it.</summary>
    public static SKBitmap Of(Picture picture)
    {
        var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var from = picture.Rgb;
        var to = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        for (int i = 0; i < to.Length; i++)
            to[i] = from[3 * i] | (uint)from[3 * i + 1] << 8 | (uint)from[3 * i + 2] << 16 | 0xFF000000;
        return bitmap;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Picture ToPicture(SKBitmap bitmap)
    {
        var from = bitmap.GetPixelSpan();
        var rgb = new byte[3 * bitmap.Width * bitmap.Height];
        for (int i = 0, at = 0; at < rgb.Length; i += 4, at += 3)
            (rgb[at], rgb[at + 1], rgb[at + 2]) = (from[i], from[i + 1], from[i + 2]);
        return new Picture(bitmap.Width, bitmap.Height, rgb);
    }
}
