using System.Drawing;

namespace Groundling.Data;

/// <summary>Walks along the edges between inside and outside, with the inside on the right, each edge once.</summary>
internal sealed class OutlineTracer
{
    private const int Top = 0,
        Sides = 4;

    // Outward directions of a pixel's sides; one walks along a side in the direction of the next.
    private static readonly (int X, int Y)[] Outward = [(0, -1), (1, 0), (0, 1), (-1, 0)];
    private static readonly (int X, int Y)[] Start = [(0, 0), (1, 0), (1, 1), (0, 1)];

    private readonly Box _box;
    private readonly int[] _piece; // of each pixel: 0 outside, else its piece's number
    private readonly byte[] _walked; // a bit a side

    public OutlineTracer(RunLengthMask mask)
    {
        _box = mask.Box;
        var inside = mask.ToBytes();
        _piece = new int[_box.Width * _box.Height];
        _walked = new byte[_piece.Length];
        for (int y = 0; y < _box.Height; y++)
        for (int x = 0; x < _box.Width; x++)
            _piece[y * _box.Width + x] = -inside[(_box.Y + y) * mask.Width + _box.X + x]; // -1: inside, not numbered yet
    }

    public List<MaskPolygon> Trace()
    {
        var pieces = new List<(List<Point> Outer, List<IReadOnlyList<Point>> Holes)>();
        for (int at = 0; at < _piece.Length; at++)
        {
            if (_piece[at] == 0)
                continue;
            var (y, x) = Math.DivRem(at, _box.Width);
            if (_piece[at] < 0)
            {
                Number(x, y, pieces.Count + 1);
                pieces.Add((Ring(x, y), [])); // the first edge that is met of a piece is on its outside
            }
            else if (!Inside(x, y - 1) && (_walked[at] & 1) == 0)
            {
                pieces[_piece[at] - 1].Holes.Add(Ring(x, y));
            }
        }
        return [.. pieces.Select(piece => new MaskPolygon(piece.Outer, piece.Holes))];
    }

    /// <summary>The ring that has a pixel's upper side.</summary>
    private List<Point> Ring(int x, int y)
    {
        var corners = new List<Point>();
        int side = Top,
            before = -1;
        while ((_walked[y * _box.Width + x] & (1 << side)) == 0)
        {
            _walked[y * _box.Width + x] |= (byte)(1 << side);
            if (side != before)
                corners.Add(new(_box.X + x + Start[side].X, _box.Y + y + Start[side].Y));
            before = side;
            var (along, outward) = (Outward[(side + 1) % Sides], Outward[side]);
            var (aheadX, aheadY) = (x + along.X, y + along.Y);
            if (!Inside(aheadX, aheadY))
                side = (side + 1) % Sides;
            else if (!Inside(aheadX + outward.X, aheadY + outward.Y))
                (x, y) = (aheadX, aheadY);
            else
                (x, y, side) = (aheadX + outward.X, aheadY + outward.Y, (side + Sides - 1) % Sides);
        }
        if (before == Top) // the walk ended in the middle of the side that it began on
            corners.RemoveAt(0);
        return corners;
    }

    /// <summary>Numbers all pixels that are joined to one by their sides.</summary>
    private void Number(int x, int y, int number)
    {
        var open = new Stack<int>();
        _piece[y * _box.Width + x] = number;
        open.Push(y * _box.Width + x);
        while (open.TryPop(out int at))
        {
            (y, x) = Math.DivRem(at, _box.Width);
            foreach (var (stepX, stepY) in Outward)
            {
                if (!Inside(x + stepX, y + stepY) || _piece[at + stepY * _box.Width + stepX] > 0)
                    continue;
                _piece[at + stepY * _box.Width + stepX] = number;
                open.Push(at + stepY * _box.Width + stepX);
            }
        }
    }

    private bool Inside(int x, int y) => x >= 0 && y >= 0 && x < _box.Width && y < _box.Height && _piece[y * _box.Width + x] != 0;
}
