using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>The sky's gradient, the glow about its light, and veils of high thin cloud.</summary>
internal sealed class SkyPaint(Light light, float size, float horizon, float veil, int seed) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float v = (y + 0.5f) / size,
            t = Tone.Clamp01(v / horizon) * (light.Sky.Length - 1);
        int i = Math.Min((int)t, light.Sky.Length - 2);
        var colour = Tone.Mix(light.Sky[i], light.Sky[i + 1], Tone.Smooth(t - i) * 0.5f + (t - i) * 0.5f);
        float glow =
            light.Night ? 0.28f
            : light.Daylight == Daylight.Day ? 0.5f
            : 0.75f;
        float narrow =
            light.Night ? 26f
            : light.Daylight == Daylight.Day ? 11f
            : 6f;
        if (!light.SourceVisible)
            glow *= 0.35f;
        float dy = (v - light.Source.Y) * 1.25f;
        for (int k = 0; k < colours.Length; k++)
        {
            float u = (x + k + 0.5f) / size,
                dx = u - light.Source.X;
            float g = glow / (1f + narrow * narrow * 0.35f * (dx * dx + dy * dy));
            var c = Tone.Mix(colour, light.Sun, g);
            if (veil > 0f)
            {
                float n = ValueNoise.Fractal(u * 2.4f + v * 1.3f, v * 13f, seed, 3);
                c = Tone.Mix(c, light.Sun, veil * Tone.Smooth((n - 0.45f) * 3.2f) * (0.35f + 0.65f * v / horizon));
            }
            colours[k] = c;
        }
    }
}
