using System.Drawing;

namespace Groundling.Export;

/// <summary>Outlines as one ring, for formats whose polygons have neither holes nor pieces: rings are joined by cuts of no width.</summary>
/// <remarks>
/// A cut is walked there and back, so that any rule of filling gives the same pixels. One from a hole goes straight up inside the mask; one
/// between pieces joins their nearest corners.
/// </remarks>
internal static class JoinedOutline
{
    private const long MostPairs = 1 << 22; // of corners that are compared for the nearest two

    /// <summary>A piece with its holes cut open.</summary>
    /// <remarks>Rows are swept from top to bottom, so that the time goes with the outlines' length, whatever the number of holes.</remarks>
    public static List<Point> Of(MaskPolygon piece)
    {
        if (piece.Holes.Count == 0)
            return [.. piece.Outer];
        var ring = new LinkedList<Point>(piece.Outer);
        var waiting = new PriorityQueue<LinkedListNode<Point>, int>(); // horizontal edges, by their first corner, of rows that come
        var left = piece.Outer.Min(corner => corner.X);
        var above = new LinkedListNode<Point>?[piece.Outer.Max(corner => corner.X) - left + 1]; // in each column the lowest that went by
        for (var node = ring.First; node is not null; node = node.Next)
            Await(node);
        // What a cut meets above a hole is part of the ring already; of holes under one edge those on the right come first, so that the
        // edge's remainder gets shorter.
        foreach (
            var (hole, top) in piece
                .Holes.Select(hole => (hole, Top: hole.Index().MinBy(corner => (corner.Item.Y, corner.Item.X))))
                .OrderBy(one => one.Top.Item.Y)
                .ThenByDescending(one => one.Top.Item.X)
        )
        {
            while (waiting.TryPeek(out var edge, out var row) && row < top.Item.Y)
                Pass(waiting.Dequeue(), null);
            var after = above[top.Item.X - left]!;
            var meeting = new Point(top.Item.X, after.Value.Y);
            var last = after;
            foreach (var corner in (IEnumerable<Point>)[meeting, .. hole.Skip(top.Index), .. hole.Take(top.Index), top.Item, meeting])
                last = ring.AddAfter(last, corner);
            Pass(last, after); // the edge that was met is two now
            for (var node = after.Next!; node != last; node = node.Next!)
                Await(node);
        }
        return [.. ring];

        Point End(LinkedListNode<Point> edge) => (edge.Next ?? ring.First!).Value;

        void Await(LinkedListNode<Point> edge)
        {
            if (edge.Value.Y == End(edge).Y && edge.Value.X != End(edge).X)
                waiting.Enqueue(edge, edge.Value.Y);
        }

        void Pass(LinkedListNode<Point> edge, LinkedListNode<Point>? instead)
        {
            var (a, b) = (edge.Value.X, End(edge).X);
            for (var x = Math.Min(a, b); x < Math.Max(a, b); x++)
                if (instead is null || above[x - left] == instead)
                    above[x - left] = edge;
        }
    }

    /// <summary>All pieces of a mask as one ring.</summary>
    public static List<Point> Of(IReadOnlyList<MaskPolygon> pieces)
    {
        var ring = new LinkedList<Point>(Of(pieces[0]));
        var (first, count) = (ring.First!, ring.Count); // of the last piece
        foreach (var piece in pieces.Skip(1).Select(Of))
        {
            var (own, other) = Nearest(first, count, piece);
            LinkedListNode<Point> last = own,
                begin = ring.AddAfter(own, piece[other]);
            last = begin;
            foreach (var corner in piece.Skip(other + 1).Concat(piece.Take(other + 1)).Append(own.Value))
                last = ring.AddAfter(last, corner);
            (first, count) = (begin, piece.Count);
        }
        return [.. ring];
    }

    /// <summary>
    /// The corners of the last piece and of the next one to join; of long outlines the one nearest to the next one's first.
    /// </summary>
    private static (LinkedListNode<Point> Own, int Other) Nearest(LinkedListNode<Point> first, int count, List<Point> piece)
    {
        var (best, least) = ((first, 0), long.MaxValue);
        var compared = (long)count * piece.Count <= MostPairs ? piece.Count : 1;
        var node = first;
        for (var i = 0; i < count; i++, node = node.Next!)
        for (var j = 0; j < compared; j++)
        {
            long x = node.Value.X - piece[j].X,
                y = node.Value.Y - piece[j].Y;
            if (x * x + y * y < least)
                (best, least) = ((node, j), x * x + y * y);
        }
        return best;
    }
}
