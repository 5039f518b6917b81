using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>What floats, flies and shines.</summary>
internal static class AirArt
{
    public static void Balloon(Pen pen, Thing balloon)
    {
        var other = balloon.Colour is "white" or "yellow" ? Tone.Hex(0xD9772E) : Tone.Hex(0xF7EFD8);
        pen.Hair(Tone.Hex(0x5A4636), 0.008f, -0.07f, 0.13f, -0.14f, 0.34f);
        pen.Hair(Tone.Hex(0x5A4636), 0.008f, 0.07f, 0.13f, 0.14f, 0.34f);
        pen.Hair(Tone.Hex(0x5A4636), 0.008f, 0f, 0.13f, 0f, 0.3f);
        pen.Begin().AddPolygon(-0.075f, 0.13f, 0.075f, 0.13f, 0.06f, 0f, -0.06f, 0f);
        pen.FillGrain(Tone.Hex(0x9A6B3F), 0.2f, 0.3f, 60f, 5);
        pen.Rect(Tone.Hex(0x6E4726), 0.1f, -0.082f, 0.115f, 0.082f, 0.14f);
        Envelope(pen, 1f);
        pen.FillRound(balloon.Pigment, 0.26f);
        if (balloon.Material == "striped")
        {
            float[] edge = [0.93f, 0.58f, 0.2f];
            for (int side = -1; side <= 1; side += 2)
            {
                Gore(pen, side * edge[0], side * edge[1]);
                pen.FillVertical(other, Tone.Scale(other, 0.78f), 0.06f);
            }
            Gore(pen, -edge[2], edge[2]);
            pen.FillVertical(other, Tone.Scale(other, 0.8f), 0.08f);
        }
        else
        {
            for (int i = -2; i <= 2; i++)
            {
                Gore(pen, i * 0.4f - 0.012f, i * 0.4f + 0.012f);
                pen.Fill(Tone.Fade(Tone.Scale(balloon.Pigment, 0.55f), 0.4f), 0f);
            }
            pen.Begin().Move(-0.345f, 0.6f).Quad(0f, 0.52f, 0.345f, 0.6f).Line(0.335f, 0.53f).Quad(0f, 0.45f, -0.335f, 0.53f);
            pen.Fill(other, 0.1f);
        }
        pen.Glow(
            new System.Numerics.Vector4(1f, 1f, 1f, 0.3f),
            pen.Light.Direction.X * 0.16f * (pen.Frame.Right.X < 0f ? -1f : 1f),
            0.8f,
            0.16f,
            0.18f
        );
        pen.Rect(Tone.Scale(balloon.Pigment, 0.5f), 0f, -0.1f, 0.275f, 0.1f, 0.3f);
    }

    private static void Envelope(Pen pen, float k) =>
        pen.Begin()
            .Move(-0.1f * k, 0.29f)
            .Cubic(-0.2f * k, 0.4f, -0.36f * k, 0.48f, -0.36f * k, 0.66f)
            .Cubic(-0.36f * k, 0.88f, -0.2f * k, 1f, 0f, 1f)
            .Cubic(0.2f * k, 1f, 0.36f * k, 0.88f, 0.36f * k, 0.66f)
            .Cubic(0.36f * k, 0.48f, 0.2f * k, 0.4f, 0.1f * k, 0.29f);

    private static void Gore(Pen pen, float a, float b) =>
        pen.Begin()
            .Move(0.1f * a, 0.29f)
            .Cubic(0.2f * a, 0.4f, 0.36f * a, 0.48f, 0.36f * a, 0.66f)
            .Cubic(0.36f * a, 0.88f, 0.2f * a, 1f, 0f, 1f)
            .Cubic(0.2f * b, 1f, 0.36f * b, 0.88f, 0.36f * b, 0.66f)
            .Cubic(0.36f * b, 0.48f, 0.2f * b, 0.4f, 0.1f * b, 0.29f);

    public static void Kite(Pen pen, Thing kite)
    {
        var random = new SceneRandom(kite.Seed);
        var frame = pen.Frame;
        pen.Turn(0f, 0.6f, random.Range(-0.06f, 0.06f));
        var other = kite.Colour is "white" or "yellow" ? Tone.Hex(0xD9772E) : Tone.Hex(0xF7EFD8);
        pen.Begin()
            .Move(0f, 0.3f)
            .Quad(0.1f, 0.2f, 0f, 0.1f)
            .Quad(-0.1f, 0.04f, -0.02f, 0f)
            .Line(0.01f, 0f)
            .Quad(-0.06f, 0.05f, 0.03f, 0.1f)
            .Quad(0.13f, 0.2f, 0.02f, 0.3f);
        pen.Fill(kite.Pigment, 0.1f);
        for (int i = 0; i < 2; i++)
            pen.Polygon(
                kite.Pigment,
                0.2f,
                -0.08f,
                0.16f - i * 0.1f,
                0.1f,
                0.2f - i * 0.1f,
                0.1f,
                0.13f - i * 0.1f,
                -0.08f,
                0.22f - i * 0.1f
            );
        pen.Polygon(kite.Pigment, 0.2f, 0f, 1f, 0.3f, 0.74f, 0f, 0.28f, -0.3f, 0.74f);
        if (kite.Material == "striped")
        {
            pen.Polygon(other, 0.16f, -0.15f, 0.87f, 0.15f, 0.87f, 0.225f, 0.805f, -0.225f, 0.805f);
            pen.Polygon(other, 0.16f, -0.255f, 0.67f, 0.255f, 0.67f, 0.19f, 0.57f, -0.19f, 0.57f);
            pen.Polygon(other, 0.16f, -0.125f, 0.47f, 0.125f, 0.47f, 0.06f, 0.38f, -0.06f, 0.38f);
        }
        else
        {
            pen.Polygon(Tone.Fade(Tone.Scale(kite.Pigment, 0.7f), 0.6f), 0.1f, 0f, 1f, 0.3f, 0.74f, 0f, 0.74f);
            pen.Polygon(Tone.Fade(Tone.Scale(kite.Pigment, 0.7f), 0.6f), 0.1f, 0f, 0.28f, -0.3f, 0.74f, 0f, 0.74f);
        }
        pen.Hair(Tone.Fade(Tone.Hex(0x5A4636), 0.8f), 0.014f, 0f, 1f, 0f, 0.28f);
        pen.Hair(Tone.Fade(Tone.Hex(0x5A4636), 0.8f), 0.014f, -0.3f, 0.74f, 0.3f, 0.74f);
        pen.Frame = frame;
    }

    public static void Sun(Pen pen, Thing sun)
    {
        pen.Glow(Tone.Fade(pen.Light.Sun, 0.75f), 0f, 0.5f, 1.7f, 1.7f);
        pen.Begin().AddEllipse(0f, 0.5f, 0.5f, 0.5f);
        var core = pen.Light.Daylight == Daylight.Day ? Tone.Hex(0xFFF3C4) : Tone.Hex(0xFFE1A0);
        pen.FillGlow(Tone.Mix(core, sun.Pigment, 0f));
    }

    public static void Moon(Pen pen, Thing moon)
    {
        pen.Glow(Tone.Fade(pen.Light.Sun, 0.35f), 0f, 0.5f, 1.5f, 1.5f);
        pen.Begin().AddEllipse(0f, 0.5f, 0.5f, 0.5f);
        pen.FillGlow(Tone.Mix(Tone.Hex(0xF6F0DC), moon.Pigment, 0f));
        pen.Begin().AddEllipse(-0.15f, 0.62f, 0.11f, 0.1f).AddEllipse(0.17f, 0.4f, 0.14f, 0.12f).AddEllipse(-0.08f, 0.28f, 0.07f, 0.06f);
        pen.FillGlow(new System.Numerics.Vector4(0.75f, 0.74f, 0.7f, 0.45f));
    }
}
