using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>Furniture of places: lamps, benches, fences, umbrellas, balls, tents.</summary>
internal static class PlaceArt
{
    public static void Lamp(Pen pen, Thing lamp)
    {
        var iron = lamp.Pigment;
        pen.Polygon(iron, 0.2f, -0.05f, 0f, 0.05f, 0f, 0.025f, 0.07f, -0.025f, 0.07f);
        pen.Stroke(iron, 0.034f, 0f, 0.04f, 0f, 0.82f);
        pen.Stroke(iron, 0.022f, -0.055f, 0.78f, 0.055f, 0.78f);
        pen.Begin().AddPolygon(-0.04f, 0.82f, 0.04f, 0.82f, 0.062f, 0.94f, -0.062f, 0.94f);
        bool on = pen.Light.LampsLit;
        pen.FillGlow(on ? Tone.Hex(0xFFE9A8) : pen.Lit(Tone.Hex(0xE4E3D2), 0.1f));
        pen.Polygon(iron, 0.2f, -0.08f, 0.935f, 0.08f, 0.935f, 0.03f, 0.985f, 0f, 1f, -0.03f, 0.985f);
        if (on)
            pen.Glow(new System.Numerics.Vector4(1f, 0.85f, 0.5f, pen.Light.Night ? 0.6f : 0.4f), 0f, 0.88f, 0.36f, 0.36f);
    }

    public static void Bench(Pen pen, Thing bench)
    {
        var wood = bench.Pigment;
        var leg = Tone.Hex(0x33333A);
        for (int i = -1; i <= 1; i += 2)
        {
            pen.Stroke(leg, 0.07f, i * 0.74f, 0.45f, i * 0.78f, 0.03f);
            pen.Stroke(leg, 0.07f, i * 0.72f, 0.42f, i * 0.74f, 0.95f);
        }
        for (int i = 0; i < 3; i++)
            pen.Rect(Tone.Scale(wood, 1f - i * 0.05f), 0.14f, -0.88f, 0.86f - i * 0.15f, 0.88f, 0.97f - i * 0.15f);
        pen.Polygon(wood, 0.14f, -0.9f, 0.47f, 0.9f, 0.47f, 0.96f, 0.36f, -0.96f, 0.36f);
        pen.Rect(Tone.Scale(wood, 0.7f), 0f, -0.96f, 0.29f, 0.96f, 0.36f);
    }

    public static void Fence(Pen pen, Thing fence)
    {
        var wood = fence.Pigment;
        float half = fence.Width / fence.Height * 0.5f;
        pen.Rect(Tone.Scale(wood, 0.86f), 0.12f, -half, 0.27f, half, 0.4f);
        pen.Rect(Tone.Scale(wood, 0.86f), 0.12f, -half, 0.62f, half, 0.75f);
        int posts = Math.Max(3, (int)(half * 2f / 0.36f));
        for (int i = 0; i < posts; i++)
        {
            float x = -half + (i + 0.5f) * half * 2f / posts;
            pen.Polygon(wood, 0.18f, x - 0.085f, 0f, x + 0.085f, 0f, x + 0.085f, 0.88f, x, 1f, x - 0.085f, 0.88f);
        }
    }

    public static void Umbrella(Pen pen, Thing umbrella)
    {
        bool beach = umbrella.Footing != Footing.Held;
        pen.Stroke(beach ? Tone.Hex(0xE6DDCB) : Tone.Hex(0x4B3A30), beach ? 0.035f : 0.03f, 0f, 0f, 0f, 0.95f);
        float half = beach ? 0.58f : 0.5f,
            rim = beach ? 0.6f : 0.58f;
        var other = umbrella.Colour == "white" ? Tone.Hex(0x6FA4C9) : Tone.Hex(0xF8F1DF);
        Canopy(pen, -1f, 1f, half, rim);
        pen.Fill(umbrella.Pigment, 0.28f);
        bool striped = umbrella.Material == "striped";
        for (int i = 0; i < 3; i++)
        {
            float a = -0.78f + i * 0.62f;
            Canopy(pen, a, a + (striped ? 0.32f : 0.03f), half, rim);
            if (striped)
                pen.Fill(other, 0.2f);
            else
                pen.Fill(Tone.Fade(Tone.Scale(umbrella.Pigment, 0.6f), 0.6f), 0f);
        }
        pen.Stroke(Tone.Hex(0x5A4636), 0.03f, 0f, 0.96f, 0f, 1f);
    }

    private static void Canopy(Pen pen, float a, float b, float half, float rim)
    {
        float dip = 0.045f;
        pen.Begin().Move(0f, 0.97f).Quad(half * a * 0.85f, 0.93f, half * a, rim);
        for (int i = 0; i < 4; i++)
        {
            float t0 = a + (b - a) * i / 4f,
                t1 = a + (b - a) * (i + 1) / 4f;
            pen.Quad(half * (t0 + t1) * 0.5f, rim + dip * (1f - (t0 + t1) * (t0 + t1) * 0.25f), half * t1, rim - 0.02f * (1f - t1 * t1));
        }
        pen.Quad(half * b * 0.85f, 0.93f, 0f, 0.97f);
    }

    public static void Ball(Pen pen, Thing ball)
    {
        pen.Begin().AddEllipse(0f, 0.5f, 0.5f, 0.5f);
        pen.FillRound(ball.Pigment, 0.34f);
        if (ball.Material == "striped")
        {
            var other = Tone.Hex(ball.Colour == "white" ? 0x3D6FB0 : 0xF8F3E6);
            pen.Begin().Move(-0.1f, 0.99f).Quad(-0.55f, 0.5f, -0.1f, 0.01f).Quad(-0.2f, 0.5f, -0.1f, 0.99f);
            pen.Fill(other, 0.2f);
            pen.Begin().Move(0.13f, 0.985f).Quad(0.08f, 0.5f, 0.13f, 0.015f).Quad(0.5f, 0.1f, 0.42f, 0.5f).Quad(0.4f, 0.85f, 0.13f, 0.985f);
            pen.Fill(other, 0.2f);
        }
        pen.Glow(
            new System.Numerics.Vector4(1f, 1f, 1f, 0.5f),
            pen.Light.Direction.X * 0.2f * (pen.Frame.Right.X < 0f ? -1f : 1f),
            0.7f,
            0.16f,
            0.14f
        );
    }

    public static void Tent(Pen pen, Thing tent)
    {
        pen.Polygon(Tone.Scale(tent.Pigment, 0.78f), 0.14f, 0.1f, 1f, -0.78f, 0.06f, -0.22f, 0f);
        pen.Begin().Move(0.1f, 1f).Quad(-0.06f, 0.5f, -0.24f, 0f).Line(0.76f, 0f).Quad(0.34f, 0.45f, 0.1f, 1f);
        pen.Fill(tent.Pigment, 0.2f);
        pen.Begin().Move(0.1f, 0.82f).Quad(0.06f, 0.4f, 0.02f, 0f).Line(0.42f, 0f).Quad(0.2f, 0.4f, 0.1f, 0.82f);
        pen.Fill(pen.Light.LampsLit ? Tone.Hex(0xFFD98C) : Tone.Hex(0x2E2A33), 0.1f);
        pen.Begin().Move(0.1f, 0.82f).Quad(0.25f, 0.4f, 0.42f, 0f).Line(0.5f, 0f).Quad(0.34f, 0.45f, 0.1f, 0.86f);
        pen.Fill(Tone.Mix(tent.Pigment, pen.Light.Sun, 0.25f), 0.12f);
        pen.Hair(Tone.Fade(Tone.Hex(0xEDE4D2), 0.8f), 0.012f, 0.1f, 1f, 0.95f, 0f);
        pen.Hair(Tone.Fade(Tone.Hex(0xEDE4D2), 0.8f), 0.012f, 0.1f, 1f, -0.95f, 0.04f);
    }

    public static void Snowman(Pen pen, Thing snowman)
    {
        var snow = Tone.Hex(0xF4F7FC);
        pen.Begin().AddEllipse(0f, 0.24f, 0.29f, 0.25f);
        pen.FillRound(snow, 0.12f);
        pen.Stroke(Tone.Hex(0x5B4030), 0.025f, -0.18f, 0.58f, -0.42f, 0.72f);
        pen.Stroke(Tone.Hex(0x5B4030), 0.025f, 0.18f, 0.58f, 0.42f, 0.7f);
        pen.Begin().AddEllipse(0f, 0.55f, 0.215f, 0.19f);
        pen.FillRound(snow, 0.12f);
        pen.Begin().AddEllipse(0f, 0.79f, 0.15f, 0.14f);
        pen.FillRound(snow, 0.12f);
        pen.Begin().AddCapsule(-0.12f, 0.675f, 0.12f, 0.675f, 0.06f).AddCapsule(0.08f, 0.67f, 0.13f, 0.5f, 0.055f);
        pen.Fill(snowman.Pigment, 0.15f);
        pen.Rect(Tone.Hex(0x26252B), 0.15f, -0.16f, 0.885f, 0.16f, 0.91f);
        pen.Rect(Tone.Hex(0x26252B), 0.15f, -0.1f, 0.9f, 0.1f, 1f);
        pen.Polygon(Tone.Hex(0xEC8128), 0.1f, 0.02f, 0.8f, 0.2f, 0.77f, 0.02f, 0.765f);
        foreach (float x in (ReadOnlySpan<float>)[-0.05f, 0.06f])
            pen.Ellipse(Tone.Hex(0x1D1B20), 0f, x, 0.83f, 0.016f, 0.018f);
        for (int i = 0; i < 3; i++)
            pen.Ellipse(Tone.Hex(0x1D1B20), 0f, 0.01f, 0.6f - i * 0.08f, 0.017f, 0.017f);
    }

    public static void Haystack(Pen pen, Thing hay)
    {
        pen.Begin().AddEllipse(0f, 0.5f, 0.5f, 0.5f);
        pen.FillGrain(hay.Pigment, 0.26f, 0.16f, 30f, 31);
        for (int i = 1; i < 4; i++)
        {
            pen.Begin().AddEllipse(0.02f, 0.5f, 0.5f - i * 0.12f, 0.5f - i * 0.12f);
            pen.Fill(Tone.Fade(i % 2 == 0 ? hay.Pigment : Tone.Scale(hay.Pigment, 0.7f), 0.5f), 0.15f);
        }
    }
}
