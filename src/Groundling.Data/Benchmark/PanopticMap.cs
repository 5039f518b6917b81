using System.Numerics;
using System.Runtime.InteropServices;

namespace Groundling.Data.Benchmark;

/// <summary>
/// A panoptic PNG taken apart once: runs of one id down the columns, from which any segment's or union's mask follows at once.
/// </summary>
public sealed class PanopticMap
{
    private readonly List<(int Id, uint Length)> _runs;
    private readonly Dictionary<int, long> _areas = [];

    private PanopticMap(int width, int height, List<(int Id, uint Length)> runs)
    {
        (Width, Height, _runs) = (width, height, runs);
        foreach (var (id, length) in runs)
            CollectionsMarshal.GetValueRefOrAddDefault(_areas, id, out _) += length;
        VoidPixels = _areas.GetValueOrDefault(0);
        _areas.Remove(0);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Pixels of every segment id in the picture; void is not among them.</summary>
    public IReadOnlyDictionary<int, long> Areas => _areas;

    /// <summary>Pixels that belong to no segment.</summary>
    public long VoidPixels { get; }

    /// <summary>Reads a panoptic PNG.</summary>
    /// <exception cref="InputException">The file cannot be read as a picture.</exception>
    public static PanopticMap Load(string path)
    {
        var (ids, width, height) = PictureDecoder.DecodeIds(PictureDecoder.ReadFile(path), path);
        return FromIds(ids, width, height);
    }

    /// <summary>Takes apart segment ids.</summary>
    /// <param name="ids">[height, width]; 0 is void.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The ids are not width * height.</exception>
    public static PanopticMap FromIds(ReadOnlySpan<int> ids, int width, int height)
    {
        if (width < 1 || height < 1 || ids.Length != (long)width * height)
            throw new ArgumentException($"A {width} x {height} picture has {(long)width * height} ids, not {ids.Length}.", nameof(ids));
        // 1. Places where an id is not that above it, row by row; then sorted by column, which keeps the rows in order.
        var changes = new List<(int Column, int Row)>(4096);
        var perColumn = new int[width + 1];
        for (int x = 0; x < width; x++)
            changes.Add((x, 0));
        for (int y = 1; y < height; y++)
            CompareRows(ids.Slice((y - 1) * width, width), ids.Slice(y * width, width), y, changes);
        foreach (var (column, _) in changes)
            perColumn[column + 1]++;
        for (int x = 0; x < width; x++)
            perColumn[x + 1] += perColumn[x];
        var starts = new (int Id, uint At)[changes.Count];
        foreach (var (column, row) in changes)
            starts[perColumn[column]++] = (ids[row * width + column], (uint)(column * height + row));

        // 2. Places to runs; a run may go on in the next column.
        var runs = new List<(int Id, uint Length)>(starts.Length);
        for (int i = 0; i < starts.Length; i++)
        {
            uint length = (i + 1 < starts.Length ? starts[i + 1].At : (uint)ids.Length) - starts[i].At;
            if (runs.Count > 0 && runs[^1].Id == starts[i].Id)
                runs[^1] = (starts[i].Id, runs[^1].Length + length);
            else
                runs.Add((starts[i].Id, length));
        }
        return new PanopticMap(width, height, runs);
    }

    /// <summary>The union of segments; those that the picture does not hold add nothing.</summary>
    public RunLengthMask MaskOf(IReadOnlyCollection<int> segmentIds)
    {
        ArgumentNullException.ThrowIfNull(segmentIds);
        var wanted = segmentIds.Count > 4 ? new HashSet<int>(segmentIds) : null;
        var single = segmentIds.ToArray();
        var builder = new RunBuilder(64);
        foreach (var (id, length) in _runs)
            builder.Add(wanted?.Contains(id) ?? Array.IndexOf(single, id) >= 0, length);
        return new RunLengthMask(Width, Height, builder.ToArray());
    }

    private static void CompareRows(ReadOnlySpan<int> above, ReadOnlySpan<int> row, int y, List<(int Column, int Row)> changes)
    {
        int x = 0;
        for (; x <= row.Length - Vector<int>.Count; x += Vector<int>.Count)
        {
            if (Vector.EqualsAll(new Vector<int>(above[x..]), new Vector<int>(row[x..])))
                continue;
            for (int k = x; k < x + Vector<int>.Count; k++)
                if (above[k] != row[k])
                    changes.Add((k, y));
        }
        for (; x < row.Length; x++)
            if (above[x] != row[x])
                changes.Add((x, y));
    }
}
