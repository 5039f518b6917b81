using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Heaped clouds: a flat foot, round heads, lit from the sun's side.</summary>
internal static class CloudArt
{
    public static void Draw(Pen pen, float horizon, int count, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.PlacePage();
        pen.Owner = owner;
        for (int i = 0; i < count; i++)
        {
            float lift = (i + random.Range(0.2f, 0.8f)) / count; // far and low first
            float y = horizon * (0.86f - 0.7f * lift);
            float width = random.Range(0.16f, 0.3f) * (0.55f + 0.75f * lift);
            Heap(pen, random, random.Range(-0.02f, 1.02f), y, width, 1f - lift);
        }
    }

    private static void Heap(Pen pen, SceneRandom random, float x, float y, float width, float far)
    {
        var light = pen.Light;
        var dull = light.Weather is Weather.Rain or Weather.Snow or Weather.Fog;
        var top = Tone.Mix(
            light.Sky[^1],
            light.Night ? Tone.Hex(0x8C97B8) : light.Sun,
            light.Night ? 0.35f
                : dull ? 0.45f
                : 0.9f
        );
        // Heads take the sun's colour, feet that of the sky above them.
        var foot = dull
            ? Tone.Mix(light.Sky[^1], light.Sky[0], 0.65f)
            : Tone.Mix(light.Sky[^2], light.Sky[^3], light.Daylight == Daylight.Day ? 0.35f : 0.6f);
        foot =
            light.Daylight == Daylight.Day ? Tone.Mix(foot, Tone.Hex(0xC9CFD8), 0.5f)
            : light.Night ? foot
            : Tone.Mix(foot, light.Sky[^1], 0.2f);
        top = Tone.Mix(top, light.Sky[^1], far * 0.45f);
        foot = Tone.Mix(foot, light.Sky[^1], far * 0.45f);

        int heads = random.Int(5, 8);
        float height = width * random.Range(0.28f, 0.42f);
        Span<float> head = stackalloc float[heads * 3];
        for (int i = 0; i < heads; i++)
        {
            float t = (i + 0.5f) / heads * 2f - 1f,
                dome = 1f - t * t * 0.85f;
            head[3 * i] = x + t * width * 0.5f + random.Spread(width * 0.04f);
            head[3 * i + 2] = height * random.Range(0.36f, 0.52f) * (0.45f + 0.55f * dome);
            head[3 * i + 1] = y - height * (dome - 0.35f) * random.Range(0.45f, 0.75f);
        }
        pen.Begin();
        for (int i = 0; i < heads; i++)
            pen.AddEllipse(head[3 * i], head[3 * i + 1], head[3 * i + 2] * 1.15f, head[3 * i + 2]);
        pen.AddEllipse(x, y - height * 0.1f, width * 0.56f, height * 0.26f);
        pen.Fill(Vertical(pen, y - height * 0.95f, y + height * 0.2f, top, foot));

        int owner = pen.Owner;
        pen.Owner = Canvas.Nobody;
        for (int i = 0; i < heads; i++)
        {
            float r = head[3 * i + 2],
                hx = head[3 * i] + light.Direction.X * r * 0.22f,
                hy = head[3 * i + 1] + light.Direction.Y * r * 0.22f;
            pen.Glow(Tone.Fade(Tone.Mix(top, light.Sun, light.Night ? 0.08f : 0.35f), 0.75f), hx, hy, r * 0.95f, r * 0.8f);
        }
        pen.Owner = owner;
    }

    private static LinearPaint Vertical(Pen pen, float y0, float y1, Vector4 top, Vector4 foot) =>
        new(new Vector2(0f, y0 * pen.Unit), new Vector2(0f, y1 * pen.Unit), top, foot);
}
