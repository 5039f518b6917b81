using SkiaSharp;

namespace Groundling.Export.Masks;

/// <summary>A part of a picture with nothing around it.</summary>
internal static class CutOut
{
    /// <summary>The picture that parts are cut from.</summary>
    /// <exception cref="InputException">Nobody said where it lies, or it is not the one that was grounded.</exception>
    public static Picture Source(SortedPicture picture)
    {
        var (path, document) = (picture.Picture.Path, picture.Picture.Document);
        var source = Picture.Load(
            path ?? throw new InputException($"{picture.Picture.FileName} is no file, and cut-outs are cut from one; save it first")
        );
        return (source.Width, source.Height) == (document.Width, document.Height)
            ? source
            : throw new InputException($"{path} has another size than what was found in it; give the picture that was grounded");
    }

    /// <summary>What lies inside a mask, as a PNG with transparency, as large as the mask's box.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="mask">A mask of its size that is not empty.</param>
    public static byte[] Encode(Picture picture, RunLengthMask mask)
    {
        var (box, inside) = (mask.Box, mask.ToBytes());
        var colours = new SKColor[box.Width * box.Height];
        for (int y = 0; y < box.Height; y++)
        for (int x = 0; x < box.Width; x++)
        {
            var at = (box.Y + y) * picture.Width + box.X + x;
            if (inside[at] != 0)
                colours[y * box.Width + x] = new(picture.Rgb[3 * at], picture.Rgb[3 * at + 1], picture.Rgb[3 * at + 2]);
        }
        using var bitmap = new SKBitmap(new SKImageInfo(box.Width, box.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Pixels = colours;
        using var data =
            bitmap.Encode(SKEncodedImageFormat.Png, quality: 100)
            ?? throw new InvalidOperationException($"A cut-out of {box.Width} x {box.Height} pixels could not be encoded as PNG.");
        return data.ToArray();
    }
}
