using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>A path of closed contours, flattened to straight edges in pixel coordinates.</summary>
internal sealed class Contour
{
    private readonly List<Vector2> _points = [];
    private readonly List<int> _starts = [];

    public int Count => _points.Count;

    public IReadOnlyList<int> Starts => _starts;

    public ReadOnlySpan<Vector2> Points => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_points);

    public Vector2 Low { get; private set; }

    public Vector2 High { get; private set; }

    public void Clear()
    {
        _points.Clear();
        _starts.Clear();
        Low = new Vector2(float.MaxValue);
        High = new Vector2(float.MinValue);
    }

    public void Move(Vector2 p)
    {
        _starts.Add(_points.Count);
        Add(p);
    }

    public void Line(Vector2 p) => Add(p);

    public void Quad(Vector2 c, Vector2 p)
    {
        var a = _points[^1];
        int steps = Steps(a, c, p);
        for (int i = 1; i <= steps; i++)
        {
            float t = i / (float)steps,
                u = 1f - t;
            Add(a * (u * u) + c * (2f * u * t) + p * (t * t));
        }
    }

    public void Cubic(Vector2 c, Vector2 d, Vector2 p)
    {
        var a = _points[^1];
        int steps = Steps(a, (c + d) * 0.5f, p);
        for (int i = 1; i <= steps; i++)
        {
            float t = i / (float)steps,
                u = 1f - t;
            Add(a * (u * u * u) + c * (3f * u * u * t) + d * (3f * u * t * t) + p * (t * t * t));
        }
    }

    /// <summary>An ellipse spanned by two half axes.</summary>
    public void Ellipse(Vector2 centre, Vector2 u, Vector2 v)
    {
        float reach = Math.Abs(u.X) + Math.Abs(u.Y) + Math.Abs(v.X) + Math.Abs(v.Y);
        int steps =
            reach < 4f ? 8
            : reach < 14f ? 14
            : reach < 60f ? 24
            : 48;
        for (int i = 0; i < steps; i++)
        {
            float t = i / (float)steps;
            var p = centre + u * Wave.Cos(t) + v * Wave.Sin(t);
            if (i == 0)
                Move(p);
            else
                Add(p);
        }
    }

    /// <summary>A thick straight line with round ends, wound the same way whatever its direction.</summary>
    public void Capsule(Vector2 a, Vector2 b, float halfWidth)
    {
        var d = b - a;
        float length = MathF.Sqrt(d.X * d.X + d.Y * d.Y);
        var along = length > 1e-4f ? d * (halfWidth / length) : new Vector2(halfWidth, 0f);
        var side = new Vector2(-along.Y, along.X);
        int steps =
            halfWidth < 1f ? 2
            : halfWidth < 5f ? 5
            : 10;
        Move(a - side);
        for (int i = 0; i <= steps; i++)
        {
            float t = 0.5f * i / steps;
            Add(b + along * Wave.Sin(t) - side * Wave.Cos(t));
        }
        for (int i = 0; i <= steps; i++)
        {
            float t = 0.5f * i / steps;
            Add(a - along * Wave.Sin(t) + side * Wave.Cos(t));
        }
    }

    private static int Steps(Vector2 a, Vector2 b, Vector2 c)
    {
        float reach = Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y) + Math.Abs(b.X - c.X) + Math.Abs(b.Y - c.Y);
        return reach < 6f ? 3
            : reach < 24f ? 6
            : reach < 80f ? 10
            : 20;
    }

    private void Add(Vector2 p)
    {
        _points.Add(p);
        Low = new Vector2(p.X < Low.X ? p.X : Low.X, p.Y < Low.Y ? p.Y : Low.Y);
        High = new Vector2(p.X > High.X ? p.X : High.X, p.Y > High.Y ? p.Y : High.Y);
    }
}
