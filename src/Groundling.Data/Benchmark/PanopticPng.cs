namespace Groundling.Data.Benchmark;

/// <summary>COCO's panoptic pictures: each pixel's segment id as a colour, id = R + 256 G + 65536 B; 0 is void.</summary>
public static class PanopticPng
{
    /// <summary>Reads the segment ids of a panoptic PNG.</summary>
    /// <returns>[Height, Width] ids and the picture's size.</returns>
    /// <exception cref="InputException">The file cannot be read as a picture.</exception>
    public static (int[] Ids, int Width, int Height) Read(string path) => PictureDecoder.DecodeIds(PictureDecoder.ReadFile(path), path);

    /// <summary>A panoptic PNG file of segment ids.</summary>
    /// <param name="ids">[height, width] ids below 2^24.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The ids are not width * height, or one does not fit 24 bits.</exception>
    public static byte[] Encode(ReadOnlySpan<int> ids, int width, int height)
    {
        if (ids.Length != (long)width * height)
            throw new ArgumentException($"A {width} x {height} picture has {(long)width * height} ids, not {ids.Length}.", nameof(ids));
        var rgb = new byte[3 * ids.Length];
        for (int i = 0, at = 0; i < ids.Length; i++, at += 3)
        {
            if ((uint)ids[i] >= 1 << 24)
                throw new ArgumentException($"Segment id {ids[i]} does not fit a panoptic PNG's 24 bits.", nameof(ids));
            (rgb[at], rgb[at + 1], rgb[at + 2]) = ((byte)ids[i], (byte)(ids[i] >> 8), (byte)(ids[i] >> 16));
        }
        return new Picture(width, height, rgb).EncodePng();
    }

    /// <summary>The pixels that carry any of the given ids.</summary>
    /// <param name="ids">[height, width] ids.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="segmentIds">The segments to unite.</param>
    public static RunLengthMask MaskOf(ReadOnlySpan<int> ids, int width, int height, IReadOnlyList<int> segmentIds) =>
        PanopticMap.FromIds(ids, width, height).MaskOf(segmentIds);
}
