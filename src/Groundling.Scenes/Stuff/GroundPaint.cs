using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Level ground seen in perspective: its texture runs together towards the horizon.</summary>
internal sealed class GroundPaint(GroundLook look, Light light, float size, float horizon, int seed) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float d = Math.Max(((y + 0.5f) / size - horizon) / (1f - horizon), 0.004f);
        var ground = Tone.Mix(look.Far, look.Near, Tone.Smooth(d * 1.15f));
        float haze = Math.Max(0f, 1f - d * 3.2f);
        float deep = 1f / (d + 0.06f);
        float calm = Tone.Smooth((d - 0.03f) * 2.6f);
        var facing = light.On(ground, 0.06f, haze);
        var patch = light.On(Tone.Mix(ground, look.Patch, look.PatchAmount), -0.08f, haze);
        float bright = 1f + 0.06f * Tone.Smooth((d - 0.1f) * 1.6f);
        for (int k = 0; k < colours.Length; k++)
        {
            float u = (x + k + 0.5f) / size - 0.5f;
            float broad = ValueNoise.Fractal(u * 3f * deep / 3f + 40f, deep * 3f, seed, 2);
            float fine = ValueNoise.At(u * 60f * deep / look.Stretch, deep * 26f + u * 5f, seed + 5) - 0.5f;
            float grain = ValueNoise.At(u * 130f / look.Stretch + d * 40f, d * 130f - u * 50f, seed + 9) - 0.5f;
            var c = Tone.Mix(facing, patch, Tone.Smooth((broad - 0.3f) * 2.4f));
            colours[k] = Tone.Scale(c, bright * (1f + look.Grain * calm * (fine + grain)));
        }
    }
}
