namespace Groundling.Scenes;

/// <summary>The pixels of one value in a map: how many, and the box around them, edges included.</summary>
internal sealed class Region
{
    public int Area { get; private set; }

    public int Left { get; private set; }

    public int Right { get; private set; }

    public int Top { get; private set; }

    public int Bottom { get; private set; }

    /// <summary>The regions of a square map, by value.</summary>
    /// <param name="map">[size, size] row-major.</param>
    /// <param name="size">Its side.</param>
    /// <param name="nothing">The value that stands for none.</param>
    public static SortedDictionary<int, Region> Of(int[] map, int size, int nothing)
    {
        var regions = new SortedDictionary<int, Region>();
        Region? region = null;
        int last = int.MinValue;
        for (int y = 0, at = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++, at++)
            {
                int value = map[at];
                if (value == nothing)
                    continue;
                if (value != last)
                {
                    if (!regions.TryGetValue(value, out region))
                        regions[value] = region = new Region
                        {
                            Left = x,
                            Right = x,
                            Top = y,
                        };
                    last = value;
                }
                region!.Area++;
                region.Left = Math.Min(region.Left, x);
                region.Right = Math.Max(region.Right, x);
                region.Bottom = y;
            }
        }
        return regions;
    }

    /// <summary>A segment with this region's area and box.</summary>
    public SceneSegment Frame(SceneSegment segment) =>
        segment with
        {
            Area = Area,
            X = Left,
            Y = Top,
            Width = Right - Left + 1,
            Height = Bottom - Top + 1,
        };
}
