using System.Runtime.InteropServices;

namespace Groundling.Data.Editing;

/// <summary>Which segment each pixel belongs to, and how many each has.</summary>
internal sealed class SegmentMap
{
    private readonly int[] _ids;
    private readonly Dictionary<int, long> _areas = [];

    /// <param name="ids">[height, width]; kept, not copied.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public SegmentMap(int[] ids, int width, int height)
    {
        (_ids, Width, Height) = (ids, width, height);
        foreach (var run in Runs())
            Count(run.After) += run.Length;
    }

    public int Width { get; }

    public int Height { get; }

    public ReadOnlySpan<int> Ids => _ids;

    public long AreaOf(int id) => _areas.GetValueOrDefault(id);

    /// <summary>The whole map as runs that no row end breaks.</summary>
    public List<PixelRun> Runs()
    {
        var runs = new List<PixelRun>();
        for (int start = 0, end; start < _ids.Length; start = end)
        {
            for (end = start + 1; end < _ids.Length && _ids[end] == _ids[start]; end++) { }
            runs.Add(new(start, end - start, 0, _ids[start]));
        }
        return runs;
    }

    /// <summary>Gives pixels to a segment.</summary>
    /// <param name="mask">Which; of this size.</param>
    /// <param name="to">The segment; 0 for none.</param>
    /// <param name="from">Only those of this segment; null for all.</param>
    /// <returns>What changed.</returns>
    public List<PixelRun> Paint(RunLengthMask mask, int to, int? from)
    {
        var changes = new List<PixelRun>();
        var inside = mask.ToBytes();
        var box = mask.Box;
        for (int y = box.Y; y < box.Y + box.Height; y++)
        for (int at = y * Width + box.X, rowEnd = at + box.Width; at < rowEnd; )
        {
            int start = at,
                before = _ids[at];
            if (inside[at++] == 0 || before == to || before != (from ?? before))
                continue;
            while (at < rowEnd && inside[at] != 0 && _ids[at] == before)
                at++;
            changes.Add(new(start, at - start, before, to));
        }
        Apply(changes);
        return changes;
    }

    /// <summary>Makes changes that fit the map as it is.</summary>
    public void Apply(IEnumerable<PixelRun> changes)
    {
        foreach (var run in changes)
        {
            _ids.AsSpan(run.Start, run.Length).Fill(run.After);
            Count(run.Before) -= run.Length;
            Count(run.After) += run.Length;
        }
    }

    /// <summary>The smallest box around each segment's pixels.</summary>
    public Dictionary<int, Box> Boxes()
    {
        var edges = new Dictionary<int, (int Left, int Top, int Right, int Bottom)>();
        for (int start = 0, end; start < _ids.Length; start = end)
        {
            int y = start / Width,
                rowEnd = (y + 1) * Width;
            for (end = start + 1; end < rowEnd && _ids[end] == _ids[start]; end++) { }
            int left = start - y * Width,
                right = end - y * Width;
            ref var edge = ref CollectionsMarshal.GetValueRefOrAddDefault(edges, _ids[start], out bool known);
            edge = known ? (Math.Min(edge.Left, left), edge.Top, Math.Max(edge.Right, right), y + 1) : (left, y, right, y + 1);
        }
        return edges.ToDictionary(
            e => e.Key,
            e => new Box(e.Value.Left, e.Value.Top, e.Value.Right - e.Value.Left, e.Value.Bottom - e.Value.Top)
        );
    }

    private ref long Count(int id) => ref CollectionsMarshal.GetValueRefOrAddDefault(_areas, id, out _);
}
