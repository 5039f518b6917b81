using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>Light that fades smoothly to nothing at its radius.</summary>
internal sealed class GlowPaint(Vector2 centre, float radiusX, float radiusY, Vector4 colour) : Paint
{
    private readonly float _kx = 1f / Math.Max(radiusX, 1e-3f),
        _ky = 1f / Math.Max(radiusY, 1e-3f);

    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float v = (y + 0.5f - centre.Y) * _ky,
            u = (x + 0.5f - centre.X) * _kx;
        for (int i = 0; i < colours.Length; i++)
        {
            float t = 1f - (u * u + v * v);
            colours[i] = Tone.Fade(colour, t > 0f ? colour.W * t * t : 0f);
            u += _kx;
        }
    }
}
