using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>A round gradient: <paramref name="inner"/> at the centre, <paramref name="outer"/> from the radius on.</summary>
internal sealed class RadialPaint(Vector2 centre, float radiusX, float radiusY, Vector4 inner, Vector4 outer) : Paint
{
    private readonly float _kx = 1f / Math.Max(radiusX, 1e-3f),
        _ky = 1f / Math.Max(radiusY, 1e-3f);
    private readonly Vector4 _step = outer - inner;

    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float v = (y + 0.5f - centre.Y) * _ky,
            u = (x + 0.5f - centre.X) * _kx;
        for (int i = 0; i < colours.Length; i++)
        {
            float t = MathF.Sqrt(u * u + v * v);
            colours[i] = inner + _step * (t > 1f ? 1f : t);
            u += _kx;
        }
    }
}
