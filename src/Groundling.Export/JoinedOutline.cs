using System.Drawing;

namespace Groundling.Export;

/// <summary>Outlines as one ring, for formats whose polygons have neither holes nor pieces: rings are joined by cuts of no width.</summary>
/// <remarks>
/// A cut is walked there and back, so that any rule of filling gives the same pixels. One from a hole goes straight up inside the mask; one
/// between pieces joins their nearest corners.
/// </remarks>
internal static class JoinedOutline
{
    /// <summary>A piece with its holes cut open.</summary>
    public static List<Point> Of(MaskPolygon piece)
    {
        var ring = piece.Outer.ToList();
        // From top to bottom: what a cut meets above a hole is part of the ring already.
        foreach (var hole in piece.Holes.OrderBy(hole => hole.Min(corner => corner.Y)))
        {
            var top = hole.Index().MinBy(corner => (corner.Item.Y, corner.Item.X));
            int after = EdgeAbove(ring, top.Item);
            var meeting = new Point(top.Item.X, ring[after].Y);
            ring.InsertRange(after + 1, [meeting, .. hole.Skip(top.Index), .. hole.Take(top.Index), top.Item, meeting]);
        }
        return ring;
    }

    /// <summary>All pieces of a mask as one ring.</summary>
    public static List<Point> Of(IReadOnlyList<MaskPolygon> pieces)
    {
        var ring = Of(pieces[0]);
        int from = 0; // where in the ring the last piece begins
        foreach (var piece in pieces.Skip(1).Select(Of))
        {
            var (own, other) = Nearest(ring, from, piece);
            ring.InsertRange(own + 1, [.. piece.Skip(other), .. piece.Take(other + 1), ring[own]]);
            from = own + 1;
        }
        return ring;
    }

    /// <summary>The ring's lowest horizontal edge above a hole's upper left corner: the place of its first corner.</summary>
    private static int EdgeAbove(List<Point> ring, Point corner)
    {
        int found = -1;
        for (int i = 0; i < ring.Count; i++)
        {
            var (a, b) = (ring[i], ring[(i + 1) % ring.Count]);
            if (
                a.Y == b.Y
                && a.Y < corner.Y
                && Math.Min(a.X, b.X) <= corner.X
                && corner.X < Math.Max(a.X, b.X)
                && (found < 0 || a.Y > ring[found].Y)
            )
                found = i;
        }
        return found;
    }

    private static (int Own, int Other) Nearest(List<Point> ring, int from, List<Point> piece)
    {
        var (best, least) = ((0, 0), long.MaxValue);
        for (int i = from; i < ring.Count; i++)
        for (int j = 0; j < piece.Count; j++)
        {
            long x = ring[i].X - piece[j].X,
                y = ring[i].Y - piece[j].Y;
            if (x * x + y * y < least)
                (best, least) = ((i, j), x * x + y * y);
        }
        return best;
    }
}
