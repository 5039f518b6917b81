using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>Lighthouses and windmills.</summary>
internal static class TowerArt
{
    public static void Lighthouse(Pen pen, Thing tower)
    {
        pen.Begin().AddPolygon(-0.13f, 0f, 0.13f, 0f, 0.085f, 0.76f, -0.085f, 0.76f);
        pen.Fill(Tone.Hex(0xF5F0E4), 0.22f);
        for (int i = 0; i < 3; i++)
        {
            float y0 = 0.1f + i * 0.24f,
                y1 = y0 + 0.12f,
                w0 = 0.13f - 0.045f * y0 / 0.76f,
                w1 = 0.13f - 0.045f * y1 / 0.76f;
            pen.Polygon(tower.Pigment, 0.22f, -w0, y0, w0, y0, w1, y1, -w1, y1);
        }
        pen.Rect(Tone.Hex(0x3A3A42), 0.1f, -0.125f, 0.755f, 0.125f, 0.79f);
        pen.Begin().AddPolygon(-0.075f, 0.79f, 0.075f, 0.79f, 0.075f, 0.89f, -0.075f, 0.89f);
        pen.FillGlow(pen.Light.LampsLit ? Tone.Hex(0xFFF0B8) : pen.Lit(Tone.Hex(0xBFD5DC), 0.1f));
        pen.Hair(Tone.Hex(0x3A3A42), 0.01f, 0f, 0.79f, 0f, 0.89f);
        pen.Begin().Move(-0.095f, 0.885f).Quad(-0.05f, 0.97f, 0f, 1f).Quad(0.05f, 0.97f, 0.095f, 0.885f);
        pen.Fill(tower.Pigment, 0.25f);
        pen.Rect(Tone.Hex(0x5B4030), 0.1f, -0.035f, 0f, 0.035f, 0.09f);
        if (pen.Light.LampsLit)
            pen.Glow(new System.Numerics.Vector4(1f, 0.92f, 0.66f, 0.6f), 0f, 0.84f, 0.3f, 0.26f);
    }

    public static void Windmill(Pen pen, Thing mill)
    {
        pen.Begin().AddPolygon(-0.16f, 0f, 0.16f, 0f, 0.105f, 0.58f, -0.105f, 0.58f);
        pen.FillGrain(mill.Pigment, 0.22f, 0.08f, 24f, 8);
        pen.Begin().Move(-0.12f, 0.575f).Quad(-0.1f, 0.72f, 0f, 0.73f).Quad(0.1f, 0.72f, 0.12f, 0.575f);
        pen.Fill(Tone.Hex(0x6A4A3A), 0.22f);
        pen.Rect(Tone.Hex(0x5B4030), 0.12f, -0.045f, 0f, 0.045f, 0.15f);
        pen.Rect(Tone.Hex(0x55718A), 0.1f, -0.03f, 0.34f, 0.03f, 0.42f);
        var frame = pen.Frame;
        float turn = new SceneRandom(mill.Seed).Range(0.02f, 0.2f);
        for (int i = 0; i < 4; i++)
        {
            pen.Frame = frame;
            pen.Turn(0f, 0.62f, turn + i * 0.25f);
            pen.Stroke(Tone.Hex(0x54402F), 0.02f, 0f, 0.62f, 0f, 0.99f);
            pen.Polygon(Tone.Hex(0xF2EADA), 0.1f, 0.012f, 0.7f, 0.1f, 0.7f, 0.1f, 0.99f, 0.012f, 0.99f);
            for (int k = 1; k < 4; k++)
                pen.Hair(Tone.Fade(Tone.Hex(0x54402F), 0.7f), 0.008f, 0.012f, 0.7f + k * 0.073f, 0.1f, 0.7f + k * 0.073f);
        }
        pen.Frame = frame;
        pen.Ellipse(Tone.Hex(0x3F3027), 0.2f, 0f, 0.62f, 0.03f, 0.03f);
    }
}
