using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

internal static class TreeArt
{
    public static void Draw(Pen pen, Thing tree)
    {
        var random = new SceneRandom(tree.Seed);
        if (tree.Kind == "pine tree")
            Pine(pen, tree, random);
        else if (tree.Kind == "palm tree")
            Palm(pen, tree, random);
        else
            Round(pen, tree, random);
    }

    private static void Round(Pen pen, Thing tree, SceneRandom random)
    {
        var bark = Tone.Hex(0x5E4330);
        pen.Begin().Move(-0.045f, 0f).Quad(-0.025f, 0.2f, -0.03f, 0.5f).Line(0.03f, 0.5f).Quad(0.028f, 0.2f, 0.055f, 0f);
        pen.Fill(bark, 0.25f);
        pen.Stroke(bark, 0.03f, 0f, 0.32f, -0.13f, 0.5f);
        pen.Stroke(bark, 0.028f, 0f, 0.36f, 0.14f, 0.52f);
        int clumps = random.Int(7, 9),
            grain = random.Int(200);
        Span<float> at = stackalloc float[clumps * 3];
        for (int i = 0; i < clumps; i++)
        {
            float t = i / (float)clumps + random.Spread(0.03f);
            at[3 * i] = 0.2f * Wave.Cos(t) + random.Spread(0.03f);
            at[3 * i + 1] = 0.64f + 0.17f * Wave.Sin(t) + random.Spread(0.03f);
            at[3 * i + 2] = random.Range(0.135f, 0.175f);
        }
        pen.Begin().AddEllipse(0f, 0.65f, 0.26f, 0.22f);
        for (int i = 0; i < clumps; i++)
            pen.AddEllipse(at[3 * i], at[3 * i + 1], at[3 * i + 2], at[3 * i + 2] * 0.95f);
        pen.FillGrain(Tone.Scale(tree.Pigment, 0.84f), 0.22f, 0.26f, 30f, grain);
        float lx = pen.Light.Direction.X * (pen.Frame.Right.X < 0f ? -1f : 1f),
            ly = -pen.Light.Direction.Y;
        for (int pass = 0; pass < 2; pass++)
        {
            pen.Begin();
            for (int i = 0; i < clumps; i++)
            {
                float r = at[3 * i + 2] * (pass == 0 ? 0.8f : 0.48f),
                    shift = at[3 * i + 2] * (pass == 0 ? 0.25f : 0.5f);
                float x = at[3 * i] * 0.92f + lx * shift,
                    y = at[3 * i + 1] + ly * shift;
                if (pass == 1 && (x * lx + (y - 0.62f) * ly) < -0.02f)
                    continue;
                pen.AddEllipse(x, y, r, r * 0.85f);
            }
            var leaf = Tone.Mix(tree.Pigment, pen.Light.Sun, pass == 0 ? 0.1f : 0.26f);
            pen.FillGrain(Tone.Fade(leaf, 0.75f), 0.16f, 0.26f, 34f, grain + 3);
        }
    }

    private static void Pine(Pen pen, Thing tree, SceneRandom random)
    {
        bool snowy = tree.Pose == "snowy";
        pen.Rect(Tone.Hex(0x5A3F2D), 0.25f, -0.03f, 0f, 0.03f, 0.2f);
        int tiers = 5;
        for (int i = 0; i < tiers; i++)
        {
            float t = i / (float)tiers,
                y = 0.1f + 0.66f * t,
                half = 0.29f * (1f - t * 0.82f),
                top = y + 0.34f * (1f - t * 0.3f);
            if (i == tiers - 1)
                top = 1f;
            var leaf = Tone.Scale(tree.Pigment, 0.78f + 0.3f * t);
            pen.Begin().Move(0f, top).Quad(half * 0.35f, y + 0.14f, half, y);
            for (int k = 1; k <= 6; k++)
            {
                float x = half * (1f - k / 3f);
                pen.Line(x + half / 6f, y + 0.03f + random.Spread(0.01f)).Line(x, y - 0.012f - 0.02f * (1f - Math.Abs(x) / half));
            }
            pen.Quad(-half * 0.35f, y + 0.14f, 0f, top);
            pen.FillGrain(leaf, 0.26f, 0.2f, 24f, 40 + i);
            if (snowy)
            {
                pen.Begin()
                    .Move(0f, top)
                    .Quad(half * 0.3f, y + 0.16f, half * 0.78f, y + 0.045f)
                    .Quad(half * 0.35f, y + 0.11f, 0.03f, y + 0.1f)
                    .Quad(-half * 0.3f, y + 0.12f, -half * 0.74f, y + 0.05f)
                    .Quad(-half * 0.3f, y + 0.16f, 0f, top);
                pen.Fill(Tone.Hex(0xF2F6FB), 0.14f);
            }
        }
    }

    private static void Palm(Pen pen, Thing tree, SceneRandom random)
    {
        float lean = random.Range(0.08f, 0.2f);
        pen.Begin().Move(-0.035f, 0f).Quad(-0.02f, 0.4f, lean - 0.015f, 0.76f).Line(lean + 0.02f, 0.76f).Quad(0.03f, 0.4f, 0.04f, 0f);
        pen.FillGrain(Tone.Hex(0x9A7650), 0.25f, 0.3f, 20f, 12);
        for (int i = 0; i < 10; i++)
        {
            float a = -0.07f + i / 9f * 0.64f,
                reach = random.Range(0.3f, 0.38f);
            float ex = lean + Wave.Cos(a) * reach,
                ey = 0.77f + Wave.Sin(a) * reach * 0.62f - 0.13f;
            float mx = lean + Wave.Cos(a) * reach * 0.55f,
                my = 0.77f + Wave.Sin(a) * reach * 0.62f + 0.08f;
            pen.Begin().Move(lean, 0.76f).Quad(mx, my + 0.035f, ex, ey).Quad(mx, my - 0.055f, lean, 0.75f);
            pen.Fill(Tone.Scale(tree.Pigment, random.Range(0.8f, 1.12f)), 0.22f);
        }
        pen.Ellipse(Tone.Hex(0x6B4A2B), 0.3f, lean - 0.03f, 0.745f, 0.03f, 0.03f);
        pen.Ellipse(Tone.Hex(0x7A5632), 0.3f, lean + 0.03f, 0.74f, 0.03f, 0.03f);
    }
}
