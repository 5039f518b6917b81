using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>Another paint with a grain of light and dark: leaves, fleece, plaster, rock.</summary>
/// <param name="inner">The paint below the grain.</param>
/// <param name="amount">Strength; 0.1 is subtle.</param>
/// <param name="fx">Grains a pixel, across.</param>
/// <param name="fy">Grains a pixel, down.</param>
/// <param name="seed">Which grain.</param>
internal sealed class GrainPaint(Paint inner, float amount, float fx, float fy, int seed) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        inner.Row(x, y, colours);
        // The grain's lattice is turned, or one would see its rows and columns.
        float u = x * fx * 0.8f + y * fy * 0.6f,
            v = y * fy * 0.8f - x * fx * 0.6f;
        float du = fx * 0.8f,
            dv = -fx * 0.6f;
        for (int i = 0; i < colours.Length; i++)
        {
            float k = 1f + (ValueNoise.At(u, v, seed) + 0.7f * ValueNoise.At(u * 2.3f, v * 2.3f, seed + 1) - 0.85f) * amount;
            colours[i] = Tone.Scale(colours[i], k);
            u += du;
            v += dv;
        }
    }
}
