using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>A straight gradient between two points in pixels.</summary>
internal sealed class LinearPaint : Paint
{
    private readonly Vector4 _from,
        _step;
    private readonly float _dx,
        _dy,
        _offset;

    public LinearPaint(Vector2 start, Vector2 end, Vector4 from, Vector4 to)
    {
        var d = end - start;
        float square = d.X * d.X + d.Y * d.Y;
        float scale = square > 1e-6f ? 1f / square : 0f;
        (_dx, _dy) = (d.X * scale, d.Y * scale);
        _offset = -(start.X * _dx + start.Y * _dy);
        (_from, _step) = (from, to - from);
    }

    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float t = (x + 0.5f) * _dx + (y + 0.5f) * _dy + _offset;
        for (int i = 0; i < colours.Length; i++)
            colours[i] = _from + _step * Tone.Clamp01(t + i * _dx);
    }
}
