using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>
/// Draws in the local space of one thing: origin at its foot, y up, one unit its height. Colours are surfaces' own; the pen
/// lights them, each shape brighter towards the light.
/// </summary>
internal sealed class Pen(Canvas canvas, Light light)
{
    private readonly Contour _contour = new(),
        _line = new();
    private Vector2 _origin,
        _right,
        _up;

    public Canvas Canvas => canvas;

    public Light Light => light;

    /// <summary>Pixels a unit of the picture.</summary>
    public float Unit => canvas.Width;

    /// <summary>Whose pixels are drawn.</summary>
    public int Owner { get; set; } = Canvas.Nobody;

    /// <summary>0 at the viewer, 1 at the horizon.</summary>
    public float Depth { get; set; }

    /// <summary>How much darker the thin line around a shape is; 0 for none.</summary>
    public float Ink { get; set; }

    /// <summary>Local axes, for saving and restoring around a turned part.</summary>
    public (Vector2 Origin, Vector2 Right, Vector2 Up) Frame
    {
        get => (_origin, _right, _up);
        set => (_origin, _right, _up) = value;
    }

    /// <summary>Stands the pen at (x, y) of the picture in unit space, y down, with a local unit <paramref name="height"/> tall.</summary>
    public void Place(float x, float y, float height, bool flip)
    {
        _origin = new Vector2(x * Unit, y * Unit);
        _right = new Vector2(flip ? -height * Unit : height * Unit, 0f);
        _up = new Vector2(0f, -height * Unit);
    }

    /// <summary>The picture's own space: unit square, y down.</summary>
    public void PlacePage()
    {
        _origin = Vector2.Zero;
        _right = new Vector2(Unit, 0f);
        _up = new Vector2(0f, Unit);
    }

    /// <summary>Turns what follows about a local point.</summary>
    public void Turn(float x, float y, float turns)
    {
        var centre = At(x, y);
        float c = Wave.Cos(turns),
            s = Wave.Sin(turns);
        var (right, up) = (_right * c + _up * s, _up * c - _right * s);
        _origin = centre - right * x - up * y;
        (_right, _up) = (right, up);
    }

    public Vector2 At(float x, float y) => _origin + _right * x + _up * y;

    /// <summary>Pixels a local unit.</summary>
    public float Size => MathF.Sqrt(_up.X * _up.X + _up.Y * _up.Y);

    public Vector4 Lit(Vector4 colour, float relief) => light.On(colour, relief, Depth);

    public Pen Begin()
    {
        _contour.Clear();
        return this;
    }

    public Pen Move(float x, float y)
    {
        _contour.Move(At(x, y));
        return this;
    }

    public Pen Line(float x, float y)
    {
        _contour.Line(At(x, y));
        return this;
    }

    public Pen Quad(float cx, float cy, float x, float y)
    {
        _contour.Quad(At(cx, cy), At(x, y));
        return this;
    }

    public Pen Cubic(float cx, float cy, float dx, float dy, float x, float y)
    {
        _contour.Cubic(At(cx, cy), At(dx, dy), At(x, y));
        return this;
    }

    public Pen AddEllipse(float x, float y, float rx, float ry)
    {
        _contour.Ellipse(At(x, y), _right * rx, _up * ry);
        return this;
    }

    public Pen AddCapsule(float x0, float y0, float x1, float y1, float width)
    {
        _contour.Capsule(At(x0, y0), At(x1, y1), Math.Max(width * 0.5f * Size, 0.35f));
        return this;
    }

    /// <summary>Fills the path, <paramref name="relief"/> brighter at its lit end and as much darker at the other.</summary>
    public void Fill(Vector4 colour, float relief = 0.14f) => Fill(Sided(colour, relief));

    public void Fill(Paint paint)
    {
        // The line goes below the shape: only its outer half shows, and none inside a union of contours.
        if (Ink > 0f)
            Outline();
        canvas.Fill(_contour, paint, Owner);
    }

    /// <summary>Fills the path as a grained surface.</summary>
    public void FillGrain(Vector4 colour, float relief, float amount, float grains, int seed)
    {
        float f = grains / Size;
        Fill(new GrainPaint(Sided(colour, relief), amount, f, f, seed));
    }

    /// <summary>Fills the path as brickwork; a brick's size is local.</summary>
    public void FillBricks(Vector4 colour, float relief, float width, float height) =>
        Fill(new BrickPaint(Sided(colour, relief), _origin, Math.Max(width * Size, 4f), Math.Max(height * Size, 2.5f)));

    /// <summary>Fills the path as something that shines: no light falls on it.</summary>
    public void FillGlow(Vector4 colour) => Fill(new SolidPaint(colour));

    /// <summary>Fills the path from one colour at its top to another at its bottom.</summary>
    public void FillVertical(Vector4 top, Vector4 bottom, float relief = 0f) =>
        Fill(new LinearPaint(new Vector2(0f, _contour.Low.Y), new Vector2(0f, _contour.High.Y), Lit(top, relief), Lit(bottom, relief)));

    /// <summary>Fills the path as a round body with its bright spot towards the light.</summary>
    public void FillRound(Vector4 colour, float relief = 0.3f)
    {
        var centre = (_contour.Low + _contour.High) * 0.5f;
        var half = (_contour.High - _contour.Low) * 0.5f;
        var spot = centre + new Vector2(light.Direction.X * half.X, light.Direction.Y * half.Y) * 0.45f;
        Fill(new RadialPaint(spot, half.X * 1.5f, half.Y * 1.5f, Lit(colour, relief), Lit(colour, -relief * 1.6f)));
    }

    public void Polygon(Vector4 colour, float relief, params ReadOnlySpan<float> xy)
    {
        Begin().AddPolygon(xy);
        Fill(colour, relief);
    }

    public Pen AddPolygon(params ReadOnlySpan<float> xy)
    {
        for (int i = 0; i < xy.Length; i += 2)
        {
            if (i == 0)
                Move(xy[0], xy[1]);
            else
                Line(xy[i], xy[i + 1]);
        }
        return this;
    }

    public void Rect(Vector4 colour, float relief, float x0, float y0, float x1, float y1) =>
        Polygon(colour, relief, x0, y0, x1, y0, x1, y1, x0, y1);

    public void Ellipse(Vector4 colour, float relief, float x, float y, float rx, float ry)
    {
        Begin().AddEllipse(x, y, rx, ry);
        Fill(colour, relief);
    }

    /// <summary>A closed smooth curve through the points.</summary>
    public Pen AddBlob(params ReadOnlySpan<float> xy)
    {
        int n = xy.Length / 2;
        Move(xy[0], xy[1]);
        for (int i = 0; i < n; i++)
        {
            int h = (i + n - 1) % n,
                j = (i + 1) % n,
                k = (i + 2) % n;
            Cubic(
                xy[2 * i] + (xy[2 * j] - xy[2 * h]) / 6f,
                xy[2 * i + 1] + (xy[2 * j + 1] - xy[2 * h + 1]) / 6f,
                xy[2 * j] - (xy[2 * k] - xy[2 * i]) / 6f,
                xy[2 * j + 1] - (xy[2 * k + 1] - xy[2 * i + 1]) / 6f,
                xy[2 * j],
                xy[2 * j + 1]
            );
        }
        return this;
    }

    public void Blob(Vector4 colour, float relief, params ReadOnlySpan<float> xy)
    {
        Begin().AddBlob(xy);
        Fill(colour, relief);
    }

    /// <summary>A thick line through the points, with round joints.</summary>
    public void Stroke(Vector4 colour, float width, params ReadOnlySpan<float> xy)
    {
        Begin();
        for (int i = 2; i < xy.Length; i += 2)
            AddCapsule(xy[i - 2], xy[i - 1], xy[i], xy[i + 1], width);
        Fill(colour, 0.1f);
    }

    /// <summary>A thin line that keeps a least width in pixels and fades instead of vanishing.</summary>
    public void Hair(Vector4 colour, float width, params ReadOnlySpan<float> xy)
    {
        float pixels = width * Size;
        float opacity = pixels < 0.7f ? Math.Max(pixels / 0.7f, 0.35f) : 1f;
        Stroke(Tone.Fade(colour, colour.W * opacity), width, xy);
    }

    /// <summary>Soft light or shadow around a point; owns nothing.</summary>
    public void Glow(Vector4 colour, float x, float y, float rx, float ry)
    {
        var centre = At(x, y);
        float size = Size;
        _contour.Clear();
        _contour.Ellipse(centre, new Vector2(rx * size, 0f), new Vector2(0f, ry * size));
        canvas.Fill(_contour, new GlowPaint(centre, rx * size, ry * size, colour), Canvas.Nobody);
    }

    private LinearPaint Sided(Vector4 colour, float relief)
    {
        var centre = (_contour.Low + _contour.High) * 0.5f;
        var half = (_contour.High - _contour.Low) * 0.5f;
        var reach = light.Direction * (Math.Abs(light.Direction.X) * half.X + Math.Abs(light.Direction.Y) * half.Y);
        return new LinearPaint(centre + reach, centre - reach, Lit(colour, relief), Lit(colour, -relief * 1.5f));
    }

    private void Outline()
    {
        float half = Math.Max(Unit * 0.002f, 0.4f);
        _line.Clear();
        var points = _contour.Points;
        for (int s = 0; s < _contour.Starts.Count; s++)
        {
            int begin = _contour.Starts[s],
                end = s + 1 < _contour.Starts.Count ? _contour.Starts[s + 1] : points.Length;
            for (int i = begin; i < end; i++)
            {
                Vector2 a = points[i],
                    b = points[i + 1 < end ? i + 1 : begin],
                    d = b - a;
                float length = MathF.Sqrt(d.X * d.X + d.Y * d.Y);
                if (length < 1e-3f)
                    continue;
                var side = new Vector2(-d.Y, d.X) * (half / length);
                _line.Move(a - side);
                _line.Line(b - side);
                _line.Line(b + side);
                _line.Line(a + side);
            }
        }
        canvas.Fill(_line, new SolidPaint(Tone.Fade(Lit(Tone.Hex(0x2B2430), 0f), Ink)), Canvas.Nobody);
    }
}
