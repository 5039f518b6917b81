using System.Numerics;

namespace Groundling.Data.Scenes.Drawing;

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
        float v = y * fy;
        for (int i = 0; i < colours.Length; i++)
        {
            float k = 1f + (ValueNoise.At((x + i) * fx, v, seed) + ValueNoise.At((x + i) * fx * 2.1f, v * 2.1f, seed + 1) - 1f) * amount;
            colours[i] = Tone.Scale(colours[i], k);
        }
    }
}
