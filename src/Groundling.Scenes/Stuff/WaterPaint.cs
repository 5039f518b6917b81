using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Water: a gradient, the mirrored picture above the waterline broken by ripples, crests, and the sun's glitter.</summary>
/// <param name="canvas">Where what is mirrored has been drawn.</param>
/// <param name="light">Hour and weather.</param>
/// <param name="far">Colour at the horizon.</param>
/// <param name="near">Colour at the viewer.</param>
/// <param name="horizon">The picture's horizon, unit space.</param>
/// <param name="mirror">The line mirrored about, unit space.</param>
/// <param name="calm">Strength of the mirror image, 0 to 1.</param>
/// <param name="seed">Which ripples.</param>
internal sealed class WaterPaint(Canvas canvas, Light light, Vector4 far, Vector4 near, float horizon, float mirror, float calm, int seed)
    : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        float size = canvas.Width,
            v = (y + 0.5f) / size;
        float d = Tone.Clamp01((v - horizon) / (1f - horizon)),
            deep = 1f / (d + 0.05f);
        var water = Tone.Mix(far, near, Tone.Smooth(d * 1.3f));
        float reflect = calm * (1f - 0.6f * d);
        int line = (int)(mirror * size);
        for (int k = 0; k < colours.Length; k++)
        {
            float u = (x + k + 0.5f) / size - 0.5f;
            float ripple = ValueNoise.At(u * 5f * deep * 0.6f + 30f, deep * 22f, seed) - 0.5f;
            float small = ValueNoise.At(u * 26f * deep * 0.3f, deep * 60f, seed + 3) - 0.5f;
            float wobble = (ripple * 0.7f + small * 0.5f) * (0.012f + 0.03f * d);
            int sy = Math.Clamp(2 * line - y + (int)MathF.Floor(wobble * size * 1.6f), 0, Math.Max(line - 1, 0));
            int sx = Math.Clamp(x + k + (int)MathF.Floor(wobble * size), 0, canvas.Width - 1);
            var c = Tone.Mix(water, canvas.Pixels[sy * canvas.Width + sx], reflect);
            float crest = Tone.Smooth((ripple + small * 0.6f - 0.12f) * 3.4f) * (0.12f + 0.2f * d);
            c = Tone.Mix(c, light.Sky[^1], crest * 0.6f);
            c = Tone.Scale(c, 1f + (ripple + small) * 0.12f);
            float dx = (u + 0.5f - light.Source.X) / (0.035f + 0.1f * d);
            if (light.SourceVisible && dx is > -1.6f and < 1.6f)
            {
                float glitter = Tone.Smooth((small + ripple * 0.7f - 0.02f) * 5f) * Tone.Smooth(1f - Math.Abs(dx) / 1.6f);
                c = Tone.Mix(c, light.Sun, glitter * (light.Night ? 0.5f : 0.7f));
            }
            colours[k] = Tone.Fade(c, 1f);
        }
    }
}
