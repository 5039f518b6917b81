using SkiaSharp;

namespace Groundling.Benchmarks;

/// <summary>Turns a folder's PNG pictures into JPEG data, as COCO's are; the names stay, since pictures are known by their content.</summary>
internal static class JpegPictures
{
    private const int Quality = 90;

    public static void Replace(string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            using var bitmap = SKBitmap.Decode(file);
            using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
            File.WriteAllBytes(file, data.ToArray());
        }
    }
}
