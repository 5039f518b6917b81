namespace Groundling.Tests.Export;

/// <summary>Polygons as pixels: one is inside whose centre the rings go around.</summary>
internal static class Fill
{
    /// <summary>By the even-odd rule, or by winding numbers that are not zero.</summary>
    public static RunLengthMask Of(IEnumerable<IReadOnlyList<(double X, double Y)>> rings, int width, int height, bool winding = false)
    {
        var inside = new byte[width * height];
        var all = rings.ToList();
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        {
            int crossings = 0,
                turns = 0;
            foreach (var ring in all)
                for (int i = 0; i < ring.Count; i++)
                {
                    var (a, b) = (ring[i], ring[(i + 1) % ring.Count]);
                    if (a.Y > y + 0.5 == b.Y > y + 0.5 || a.X + (y + 0.5 - a.Y) / (b.Y - a.Y) * (b.X - a.X) <= x + 0.5)
                        continue;
                    crossings++;
                    turns += b.Y > a.Y ? 1 : -1;
                }
            inside[y * width + x] = (byte)(
                winding
                    ? turns != 0
                        ? 1
                        : 0
                    : crossings & 1
            );
        }
        return RunLengthMask.FromBytes(inside, width, height);
    }
}
