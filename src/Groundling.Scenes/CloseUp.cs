using Groundling.Data;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes;

/// <summary>
/// A square cut from a large painting around a thing, at the size of the pictures: one to a few large things, and what is around them.
/// </summary>
internal static class CloseUp
{
    /// <summary>How much larger than the pictures the paintings are from which they are cut, on each side.</summary>
    public const int Magnification = 4;

    // What is told of must be seen: of a thing most, and of both enough to be large; what is cut off may be in the picture where it is
    // small.
    private const float LeastThing = 0.012f,
        LeastPart = 0.6f,
        MostUnseen = 0.03f,
        LeastStuff = 0.02f;
    private const int Attempts = 8;

    /// <summary>Cuts around a thing of a category drawn from those that the painting shows; null where none can be cut out well.</summary>
    /// <param name="painting">What to cut from, square.</param>
    /// <param name="side">Its side in pixels.</param>
    /// <param name="size">The cut's side when it is scaled.</param>
    /// <param name="random">Chooses.</param>
    public static ScenePainting? Cut(ScenePainting painting, int side, int size, SceneRandom random)
    {
        var kinds = painting
            .Segments.Where(s => s.Category.IsThing && Math.Max(s.Width, s.Height) >= side / 16)
            .GroupBy(s => s.Category.Id)
            .Select(kind => kind.ToList())
            .ToList();
        for (int attempt = 0; attempt < Attempts && kinds.Count > 0; attempt++)
        {
            var chosen = random.Pick((IReadOnlyList<SceneSegment>)random.Pick((IReadOnlyList<List<SceneSegment>>)kinds));
            int box = Math.Max(chosen.Width, chosen.Height),
                length = Math.Clamp((int)(box * random.Range(1.1f, 2.2f)), side / 10, side);
            float room = Math.Max(0, length - box) * 0.5f;
            int x = chosen.X + chosen.Width / 2 - length / 2 + (int)random.Spread(room),
                y = chosen.Y + chosen.Height / 2 - length / 2 + (int)random.Spread(room);
            if (Cut(painting, side, size, Math.Clamp(x, 0, side - length), Math.Clamp(y, 0, side - length), length) is { } cut)
                return cut;
        }
        return null;
    }

    private static ScenePainting? Cut(ScenePainting painting, int side, int size, int left, int top, int length)
    {
        float scale = (float)length / size;
        var map = new int[size * size];
        for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            map[y * size + x] = painting.SegmentIds[(top + (int)((y + 0.5f) * scale)) * side + left + (int)((x + 0.5f) * scale)];
        var regions = Region.Of(map, size, 0);
        var kept = new List<SceneSegment>();
        foreach (var segment in painting.Segments)
        {
            if (!regions.TryGetValue(segment.Id, out var region))
                continue;
            float share = (float)region.Area / map.Length;
            bool seen = segment.Category.IsThing
                ? share >= LeastThing && region.Area * scale * scale >= LeastPart * segment.Area
                : share >= LeastStuff;
            if (seen)
                kept.Add(region.Frame(segment));
            else if (segment.Category.IsThing && share >= MostUnseen)
                return null;
        }
        if (!kept.Exists(s => s.Category.IsThing))
            return null;
        var ids = kept.Select(s => s.Id).ToHashSet();
        for (int i = 0; i < map.Length; i++)
            if (!ids.Contains(map[i]))
                map[i] = 0;
        return new ScenePainting
        {
            Rgb = Scale(painting.Rgb, side, left, top, length, size),
            SegmentIds = map,
            Segments = kept,
        };
    }

    private static byte[] Scale(byte[] rgb, int side, int left, int top, int length, int size)
    {
        var cut = new byte[3 * length * length];
        for (int y = 0; y < length; y++)
            rgb.AsSpan(3 * ((top + y) * side + left), 3 * length).CopyTo(cut.AsSpan(3 * y * length));
        var letterbox = Letterbox.Fit(length, length, size);
        var values = letterbox.ToNetwork(new Picture(length, length, cut)); // [3, h, w], h and w at least the size
        var scaled = new byte[3 * size * size];
        for (int channel = 0; channel < 3; channel++)
        for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            scaled[3 * (y * size + x) + channel] = (byte)(
                (values[(channel * letterbox.Height + y) * letterbox.Width + x] + 1) * 127.5f + 0.5f
            );
        return scaled;
    }
}
