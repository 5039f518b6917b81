using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>
/// A picture and, for every pixel, the number of its owner. Shapes are filled with exact area coverage, so edges are smooth in
/// the picture; a pixel changes owner where the covering shape is at least half opaque.
/// </summary>
internal sealed class Canvas
{
    private readonly float[] _edges;
    private readonly float[] _cover;
    private readonly Vector4[] _row;
    private readonly int _stride;

    public Canvas(int width, int height)
    {
        (Width, Height) = (width, height);
        Pixels = new Vector4[width * height];
        Owners = new int[width * height];
        _stride = width + 2;
        _edges = new float[_stride * height];
        _cover = new float[width];
        _row = new Vector4[width];
        Array.Fill(Owners, Nobody);
    }

    /// <summary>The owner that leaves owners as they are: light, shadow, weather.</summary>
    public const int Nobody = -1;

    public int Width { get; }

    public int Height { get; }

    public Vector4[] Pixels { get; }

    public int[] Owners { get; }

    public void Clear() => Array.Fill(Owners, Nobody);

    /// <summary>Fills whole rows, from <paramref name="top"/> to before <paramref name="bottom"/>.</summary>
    public void FillRows(int top, int bottom, Paint paint, int owner)
    {
        for (int y = Math.Max(top, 0); y < Math.Min(bottom, Height); y++)
        {
            paint.Row(0, y, _row);
            Array.Fill(_cover, 1f);
            Blend(y, 0, Width, owner);
        }
    }

    public void Fill(Contour contour, Paint paint, int owner)
    {
        if (contour.Count < 3)
            return;
        int top = Math.Max(0, (int)MathF.Floor(contour.Low.Y)),
            bottom = Math.Min(Height, (int)MathF.Ceiling(contour.High.Y));
        int left = Math.Clamp((int)MathF.Floor(contour.Low.X), 0, Width),
            right = Math.Clamp((int)MathF.Ceiling(contour.High.X), 0, Width);
        if (top >= bottom || left >= right)
            return;
        Accumulate(contour);
        for (int y = top; y < bottom; y++)
        {
            var edges = _edges.AsSpan(y * _stride, _stride);
            float area = 0f;
            int first = right,
                last = left;
            for (int x = left; x < right; x++)
            {
                area += edges[x];
                float c = area < 0f ? -area : area;
                c = c > 1f ? 1f : c;
                _cover[x] = c;
                if (c > 0.004f)
                {
                    if (first > x)
                        first = x;
                    last = x + 1;
                }
            }
            edges[left..Math.Min(right + 2, _stride)].Clear();
            if (first >= last)
                continue;
            paint.Row(first, y, _row.AsSpan(first, last - first));
            Blend(y, first, last, owner);
        }
    }

    private void Blend(int y, int first, int last, int owner)
    {
        int at = y * Width;
        var pixels = Pixels.AsSpan(at, Width);
        var owners = Owners.AsSpan(at, Width);
        for (int x = first; x < last; x++)
        {
            var source = _row[x];
            float opacity = _cover[x] * source.W;
            var below = pixels[x];
            pixels[x] = below + (source - below) * opacity;
            if (opacity >= 0.5f && owner != Nobody)
                owners[x] = owner;
        }
    }

    // Every edge leaves, in each row it crosses, the signed area to its right; a running sum along the row is the coverage.
    private void Accumulate(Contour contour)
    {
        var points = contour.Points;
        var starts = contour.Starts;
        for (int s = 0; s < starts.Count; s++)
        {
            int begin = starts[s],
                end = s + 1 < starts.Count ? starts[s + 1] : points.Length;
            float turn = 0f;
            for (int i = begin; i < end; i++)
            {
                Vector2 a = points[i],
                    b = points[i + 1 < end ? i + 1 : begin];
                turn += (a.X - points[begin].X) * (b.Y - points[begin].Y) - (b.X - points[begin].X) * (a.Y - points[begin].Y);
            }
            // All contours count as wound the same way: a path of several is their union.
            float winding = turn < 0f ? -1f : 1f;
            for (int i = begin; i < end; i++)
                Edge(points[i], points[i + 1 < end ? i + 1 : begin], winding);
        }
    }

    private void Edge(Vector2 a, Vector2 b, float sign)
    {
        if (a.Y == b.Y)
            return;
        if (a.Y > b.Y)
            (a, b, sign) = (b, a, -sign);
        if (b.Y <= 0f || a.Y >= Height)
            return;
        float slope = (b.X - a.X) / (b.Y - a.Y);
        float x = a.X;
        if (a.Y < 0f)
            x -= a.Y * slope;
        int top = Math.Max(0, (int)a.Y),
            bottom = Math.Min(Height, (int)MathF.Ceiling(b.Y));
        for (int y = top; y < bottom; y++)
        {
            float dy = Math.Min(y + 1f, b.Y) - Math.Max(y, a.Y);
            float next = x + slope * dy;
            float d = dy * sign;
            float x0 = x < next ? x : next,
                x1 = x < next ? next : x;
            x = next;
            x0 =
                x0 < 0f ? 0f
                : x0 > Width ? Width
                : x0;
            x1 =
                x1 < 0f ? 0f
                : x1 > Width ? Width
                : x1;
            int at = y * _stride,
                i0 = (int)x0,
                i1 = (int)MathF.Ceiling(x1);
            if (i1 <= i0 + 1)
            {
                float mid = 0.5f * (x0 + x1) - i0;
                _edges[at + i0] += d - d * mid;
                _edges[at + i0 + 1] += d * mid;
                continue;
            }
            float s = 1f / (x1 - x0),
                f0 = x0 - i0,
                a0 = 0.5f * s * (1f - f0) * (1f - f0),
                f1 = x1 - i1 + 1f,
                am = 0.5f * s * f1 * f1;
            _edges[at + i0] += d * a0;
            if (i1 == i0 + 2)
            {
                _edges[at + i0 + 1] += d * (1f - a0 - am);
            }
            else
            {
                float a1 = s * (1.5f - f0);
                _edges[at + i0 + 1] += d * (a1 - a0);
                for (int k = i0 + 2; k < i1 - 1; k++)
                    _edges[at + k] += d * s;
                float a2 = a1 + (i1 - i0 - 3) * s;
                _edges[at + i1 - 1] += d * (1f - a2 - am);
            }
            _edges[at + i1] += d * am;
        }
    }
}
