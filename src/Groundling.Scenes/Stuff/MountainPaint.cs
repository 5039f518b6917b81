using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Rock in relief below its ridge, snow near the tops, mist at the foot.</summary>
internal sealed class MountainPaint(
    float[] edge,
    float size,
    float foot,
    float snow,
    Vector4 lit,
    Vector4 shaded,
    Vector4 snowLit,
    Vector4 snowShaded,
    Vector4 mist,
    float lightX,
    int seed
) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float v = (y + 0.5f) / size;
        float side = lightX < 0f ? -0.05f : 0.05f;
        for (int k = 0; k < colours.Length; k++)
        {
            int column = Math.Clamp((x + k) * edge.Length / (int)size, 0, edge.Length - 1);
            float u = (x + k + 0.5f) / size,
                below = v - edge[column];
            float a = ValueNoise.Fractal(u * 13f + below * 9f, v * 15f - u * 5f, seed, 3);
            float b = ValueNoise.Fractal((u + side) * 13f + below * 9f, (v - 0.015f) * 15f - (u + side) * 5f, seed, 3);
            float light = Tone.Smooth(0.5f + (b - a) * 2.6f);
            float cover = Tone.Smooth((snow * (0.55f + 0.9f * a) - below) * 40f);
            var rock = Tone.Mix(shaded, lit, light);
            var white = Tone.Mix(snowShaded, snowLit, light);
            var c = Tone.Mix(rock, white, cover);
            float reach = foot - edge[column];
            float fog = reach > 1e-4f ? Tone.Clamp01(below / reach) : 1f;
            colours[k] = Tone.Mix(c, mist, 0.5f * fog * fog);
        }
    }
}
