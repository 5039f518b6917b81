using System.Text.Json.Serialization;
using Groundling.Data;

namespace Groundling;

/// <summary>
/// A binary mask as COCO writes it: lengths of alternating runs, down each column in turn, beginning with outside (may be 0 long).
/// </summary>
/// <remarks>Immutable. Every count but the first is at least 1, so equal masks have equal counts.</remarks>
[JsonConverter(typeof(RunLengthMaskConverter))]
public sealed class RunLengthMask
{
    private readonly uint[] _counts;

    internal RunLengthMask(int width, int height, uint[] counts)
    {
        (Width, Height, _counts) = (width, height, counts);
        (Area, Box) = Measure();
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Run lengths, outside first; they sum to Width * Height.</summary>
    public ReadOnlyMemory<uint> Counts => _counts;

    /// <summary>Pixels inside.</summary>
    public long Area { get; }

    /// <summary>The smallest box around what is inside; all zero when nothing is.</summary>
    public Box Box { get; }

    /// <summary>A mask with nothing inside.</summary>
    public static RunLengthMask Empty(int width, int height) => new(width, height, [RequireSize(width, height)]);

    /// <summary>A mask of a box.</summary>
    /// <param name="box">What is inside; all zero for nothing.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The box reaches out of the mask.</exception>
    public static RunLengthMask FromBox(Box box, int width, int height)
    {
        uint total = RequireSize(width, height);
        if (box.X < 0 || box.Y < 0 || box.Width < 0 || box.Height < 0 || box.X > width - box.Width || box.Y > height - box.Height)
            throw new ArgumentOutOfRangeException(
                nameof(box),
                $"The box [{box.X}, {box.Y}, {box.Width}, {box.Height}] is not within {width} x {height}."
            );
        var runs = new RunBuilder(2 * box.Width);
        for (int x = 0; x < box.Width; x++)
        {
            runs.Add(false, (uint)(x == 0 ? box.X * height + box.Y : height - box.Height));
            runs.Add(true, (uint)box.Height);
        }
        runs.Add(false, total - (box.Width == 0 ? 0 : (uint)((box.X + box.Width - 1) * height + box.Y + box.Height)));
        return new RunLengthMask(width, height, runs.ToArray());
    }

    /// <summary>Encodes a mask of bytes.</summary>
    /// <param name="rowMajor">[height, width]; not zero = inside.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The bytes are not width * height.</exception>
    public static RunLengthMask FromBytes(ReadOnlySpan<byte> rowMajor, int width, int height)
    {
        uint total = RequireSize(width, height);
        if (rowMajor.Length != total)
            throw new ArgumentException($"A {width} x {height} mask has {total} bytes, not {rowMajor.Length}.", nameof(rowMajor));
        return new RunLengthMask(width, height, ColumnScan.Encode(rowMajor, width, height));
    }

    /// <summary>Where a map of probabilities, enlarged bilinearly, is above a threshold.</summary>
    /// <remarks>
    /// As PyTorch's <c>interpolate(mode="bilinear", align_corners=False)</c> and a comparison, without the memory for what is enlarged and in
    /// time that grows with the map rather than with the mask.
    /// </remarks>
    /// <param name="map">[mapHeight, mapWidth], in [0, 1].</param>
    /// <param name="mapWidth">The map's columns, at least 1.</param>
    /// <param name="mapHeight">The map's rows, at least 1.</param>
    /// <param name="width">The mask's columns, at least 1.</param>
    /// <param name="height">The mask's rows, at least 1.</param>
    /// <param name="threshold">A pixel is inside when its probability is greater.</param>
    /// <param name="mean">The mean probability inside; 0 where nothing is.</param>
    /// <exception cref="ArgumentException">The map is not mapWidth * mapHeight long.</exception>
    public static RunLengthMask FromProbabilities(
        ReadOnlySpan<float> map,
        int mapWidth,
        int mapHeight,
        int width,
        int height,
        double threshold,
        out double mean
    )
    {
        RequireSize(width, height);
        if (map.Length != RequireSize(mapWidth, mapHeight))
            throw new ArgumentException($"A {mapWidth} x {mapHeight} map has not {map.Length} values.", nameof(map));
        var (counts, sum) = EnlargedMask.Find(map, mapWidth, mapHeight, width, height, (float)threshold);
        var mask = new RunLengthMask(width, height, counts);
        mean = mask.Area == 0 ? 0 : sum / mask.Area;
        return mask;
    }

    /// <summary>The mask as bytes.</summary>
    /// <returns>[Height, Width]; 1 = inside, 0 = outside.</returns>
    public byte[] ToBytes()
    {
        var rowMajor = new byte[Width * Height];
        ColumnScan.Decode(_counts, rowMajor, Width, Height);
        return rowMajor;
    }

    /// <summary>Writes the mask into a buffer that is used again.</summary>
    /// <param name="rowMajor">[Height, Width]; 1 = inside, 0 = outside.</param>
    /// <exception cref="ArgumentException">The buffer is not Width * Height bytes.</exception>
    public void CopyTo(Span<byte> rowMajor)
    {
        if (rowMajor.Length != Width * Height)
            throw new ArgumentException($"A {Width} x {Height} mask has {Width * Height} bytes, not {rowMajor.Length}.", nameof(rowMajor));
        rowMajor.Clear();
        ColumnScan.Decode(_counts, rowMajor, Width, Height);
    }

    /// <summary>Takes run lengths as they stand in uncompressed COCO annotations.</summary>
    /// <param name="counts">Run lengths, outside first; runs of 0 are merged away.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="InputException">The runs do not sum to width * height.</exception>
    public static RunLengthMask FromCounts(ReadOnlySpan<uint> counts, int width, int height)
    {
        uint total = RequireSize(width, height);
        var runs = new RunBuilder(counts.Length);
        ulong sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            runs.Add((i & 1) == 1, counts[i]);
        }
        if (sum != total)
            throw new InputException(
                $"Run-length mask covers {sum} pixels, but {width} x {height} is {total}; size and counts must belong together."
            );
        return new RunLengthMask(width, height, runs.ToArray());
    }

    /// <summary>Reads COCO's compressed string.</summary>
    /// <param name="counts">The annotation's <c>counts</c>.</param>
    /// <param name="width">Columns: the annotation's <c>size[1]</c>.</param>
    /// <param name="height">Rows: the annotation's <c>size[0]</c>.</param>
    /// <exception cref="InputException">
    /// A foreign character, an unfinished or impossible number, or a sum other than width * height.
    /// </exception>
    public static RunLengthMask Parse(string counts, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(counts);
        RequireSize(width, height);
        return FromCounts(CompressedCounts.Parse(counts), width, height);
    }

    /// <summary>The mask as a mirror shows it: left and right exchanged.</summary>
    public RunLengthMask Mirrored()
    {
        var bytes = ToBytes();
        for (int row = 0; row < bytes.Length; row += Width)
            bytes.AsSpan(row, Width).Reverse();
        return FromBytes(bytes, Width, Height);
    }

    /// <summary>COCO's compressed string.</summary>
    public string ToCompressed() => CompressedCounts.Format(_counts);

    /// <summary>Inside where any of the masks is inside; empty for no masks.</summary>
    /// <exception cref="ArgumentException">A mask has another size.</exception>
    public static RunLengthMask Union(IEnumerable<RunLengthMask> masks, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(masks);
        RunLengthMask? union = null;
        foreach (var mask in masks)
        {
            RequireSameSize(mask, width, height);
            union = union is null ? mask : Merge(union, mask);
        }
        return union ?? Empty(width, height);
    }

    /// <summary>Pixels inside both masks.</summary>
    /// <exception cref="ArgumentException">The other mask has another size.</exception>
    public long IntersectionArea(RunLengthMask other)
    {
        RequireSameSize(other, Width, Height);
        if (Area == 0 || other.Area == 0)
            return 0;
        long area = 0;
        for (var walk = new PairedRuns(_counts, other._counts); walk.Next(); )
            if (walk.First && walk.Second)
                area += walk.Length;
        return area;
    }

    /// <summary>Intersection over union in [0, 1]; 0 when both masks are empty.</summary>
    /// <exception cref="ArgumentException">The other mask has another size.</exception>
    public double IoU(RunLengthMask other)
    {
        long intersection = IntersectionArea(other),
            union = Area + other.Area - intersection;
        return union == 0 ? 0 : (double)intersection / union;
    }

    private static RunLengthMask Merge(RunLengthMask a, RunLengthMask b)
    {
        var runs = new RunBuilder(a._counts.Length + b._counts.Length);
        for (var walk = new PairedRuns(a._counts, b._counts); walk.Next(); )
            runs.Add(walk.First || walk.Second, walk.Length);
        return new RunLengthMask(a.Width, a.Height, runs.ToArray());
    }

    private (long Area, Box Box) Measure()
    {
        long area = 0,
            position = 0,
            height = Height;
        long left = long.MaxValue,
            right = -1,
            top = long.MaxValue,
            bottom = -1;
        for (int i = 0; i < _counts.Length; position += _counts[i], i++)
        {
            if ((i & 1) == 0 || _counts[i] == 0)
                continue;
            var (firstX, firstY) = Math.DivRem(position, height);
            var (lastX, lastY) = Math.DivRem(position + _counts[i] - 1, height);
            area += _counts[i];
            left = Math.Min(left, firstX);
            right = lastX;
            top = Math.Min(top, firstX < lastX ? 0 : firstY); // a run that turns a column's end touches both edges
            bottom = Math.Max(bottom, firstX < lastX ? height - 1 : lastY);
        }
        return area == 0 ? (0, default) : (area, new Box((int)left, (int)top, (int)(right - left + 1), (int)(bottom - top + 1)));
    }

    private static uint RequireSize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return (long)width * height <= int.MaxValue
            ? (uint)(width * height)
            : throw new ArgumentOutOfRangeException(nameof(height), $"A {width} x {height} mask has more than {int.MaxValue} pixels.");
    }

    private static void RequireSameSize(RunLengthMask mask, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Width != width || mask.Height != height)
            throw new ArgumentException($"The masks' sizes differ: {width} x {height} and {mask.Width} x {mask.Height}.", nameof(mask));
    }
}
