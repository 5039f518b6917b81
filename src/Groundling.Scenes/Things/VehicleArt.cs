using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>Things on wheels, from the side, facing right.</summary>
internal static class VehicleArt
{
    public static void Car(Pen pen, Thing car)
    {
        Shade(pen, 1.2f);
        pen.Begin()
            .Move(-1.18f, 0.2f)
            .Line(-1.2f, 0.45f)
            .Quad(-1.18f, 0.58f, -0.98f, 0.6f)
            .Quad(-0.75f, 0.95f, -0.5f, 0.98f)
            .Quad(0f, 1.03f, 0.28f, 0.97f)
            .Quad(0.5f, 0.88f, 0.68f, 0.62f)
            .Quad(1.1f, 0.58f, 1.17f, 0.42f)
            .Quad(1.22f, 0.3f, 1.18f, 0.2f);
        pen.Fill(car.Pigment, 0.3f);
        Glass(pen, -0.84f, 0.63f, -0.62f, 0.88f, -0.16f, 0.9f, -0.16f, 0.63f);
        Glass(pen, -0.08f, 0.63f, -0.08f, 0.9f, 0.24f, 0.88f, 0.5f, 0.63f);
        pen.Begin().AddPolygon(-1.18f, 0.34f, 1.18f, 0.34f, 1.18f, 0.2f, -1.18f, 0.2f);
        pen.Fill(Tone.Fade(Tone.Hex(0x16161C), 0.35f), 0f);
        pen.Hair(Tone.Fade(Tone.Hex(0x16161C), 0.5f), 0.02f, -0.12f, 0.9f, -0.12f, 0.3f);
        pen.Hair(Tone.Fade(Tone.Hex(0xFFFFFF), 0.45f), 0.03f, -1.1f, 0.53f, 1.02f, 0.53f);
        Headlights(pen, 1.12f, 0.44f, -1.14f, 0.47f, 0.07f);
        Wheel(pen, -0.68f, 0.2f, 0.215f);
        Wheel(pen, 0.7f, 0.2f, 0.215f);
    }

    public static void Truck(Pen pen, Thing truck)
    {
        Shade(pen, 1.05f);
        var box = Tone.Scale(truck.Pigment, 0.92f);
        pen.Rect(Tone.Hex(0x33333A), 0f, -1.02f, 0.14f, 1f, 0.25f);
        pen.Rect(box, 0.16f, -1.05f, 0.24f, 0.36f, 1f);
        pen.Begin().AddPolygon(-1.05f, 0.5f, 0.36f, 0.5f, 0.36f, 0.66f, -1.05f, 0.66f);
        pen.Fill(truck.Colour == "white" ? Tone.Hex(0xB9B4A8) : Tone.Hex(0xF1EBDD), 0.1f);
        for (int i = 1; i < 5; i++)
            pen.Hair(Tone.Fade(Tone.Hex(0x5B564E), 0.35f), 0.01f, -1.05f + i * 0.28f, 0.26f, -1.05f + i * 0.28f, 0.98f);
        pen.Begin()
            .Move(0.42f, 0.16f)
            .Line(0.42f, 0.84f)
            .Quad(0.6f, 0.88f, 0.76f, 0.84f)
            .Quad(0.86f, 0.66f, 0.9f, 0.5f)
            .Quad(1.06f, 0.46f, 1.06f, 0.36f)
            .Line(1.06f, 0.16f);
        pen.Fill(truck.Pigment, 0.28f);
        Glass(pen, 0.54f, 0.52f, 0.54f, 0.76f, 0.72f, 0.76f, 0.82f, 0.52f);
        Headlights(pen, 1.01f, 0.31f, -1.02f, 0.3f, 0.045f);
        Wheel(pen, -0.72f, 0.13f, 0.145f);
        Wheel(pen, -0.36f, 0.13f, 0.145f);
        Wheel(pen, 0.72f, 0.13f, 0.145f);
    }

    public static void Bus(Pen pen, Thing bus)
    {
        Shade(pen, 1.3f);
        pen.Begin()
            .Move(-1.3f, 0.12f)
            .Line(-1.3f, 0.88f)
            .Quad(-1.29f, 1f, -1.16f, 1f)
            .Line(1.16f, 1f)
            .Quad(1.29f, 0.98f, 1.31f, 0.6f)
            .Line(1.31f, 0.12f);
        pen.Fill(bus.Pigment, 0.22f);
        pen.Rect(Tone.Hex(0xF4EEDF), 0.06f, -1.3f, 0.36f, 1.31f, 0.43f);
        for (int i = 0; i < 6; i++)
            Glass(pen, -1.18f + i * 0.36f, 0.53f, -1.18f + i * 0.36f, 0.85f, -0.88f + i * 0.36f, 0.85f, -0.88f + i * 0.36f, 0.53f);
        Glass(pen, 1.06f, 0.3f, 1.06f, 0.85f, 1.24f, 0.83f, 1.27f, 0.45f);
        pen.Rect(Tone.Fade(Tone.Hex(0x16161C), 0.3f), 0f, -1.3f, 0.12f, 1.31f, 0.19f);
        Headlights(pen, 1.27f, 0.25f, -1.27f, 0.28f, 0.04f);
        Wheel(pen, -0.82f, 0.13f, 0.14f);
        Wheel(pen, 0.78f, 0.13f, 0.14f);
    }

    public static void Train(Pen pen, Thing train)
    {
        // Engine at the right, two coaches behind it.
        pen.Rect(Tone.Hex(0x2C2C32), 0f, -2.5f, 0.13f, 2.45f, 0.24f);
        for (int coach = 0; coach < 2; coach++)
        {
            float x = -2.5f + coach * 1.62f;
            pen.Begin()
                .Move(x, 0.22f)
                .Line(x, 0.82f)
                .Quad(x + 0.02f, 0.9f, x + 0.12f, 0.91f)
                .Line(x + 1.4f, 0.91f)
                .Quad(x + 1.5f, 0.9f, x + 1.52f, 0.82f)
                .Line(x + 1.52f, 0.22f);
            pen.Fill(train.Pigment, 0.2f);
            pen.Rect(Tone.Hex(0x4A4A52), 0.15f, x + 0.03f, 0.87f, x + 1.49f, 0.93f);
            pen.Rect(Tone.Hex(0xF1E8D2), 0.06f, x, 0.4f, x + 1.52f, 0.45f);
            for (int i = 0; i < 4; i++)
                Glass(
                    pen,
                    x + 0.14f + i * 0.34f,
                    0.52f,
                    x + 0.14f + i * 0.34f,
                    0.79f,
                    x + 0.38f + i * 0.34f,
                    0.79f,
                    x + 0.38f + i * 0.34f,
                    0.52f
                );
            for (int i = 0; i < 4; i++)
                Wheel(pen, x + 0.22f + i * 0.36f, 0.11f, 0.11f);
        }
        pen.Rect(train.Pigment, 0.22f, 0.82f, 0.22f, 1.32f, 0.9f);
        pen.Rect(Tone.Scale(train.Pigment, 0.7f), 0.12f, 0.76f, 0.9f, 1.38f, 0.97f);
        Glass(pen, 0.93f, 0.56f, 0.93f, 0.8f, 1.2f, 0.8f, 1.2f, 0.56f);
        pen.Rect(Tone.Hex(0x35353C), 0.2f, 2.02f, 0.66f, 2.18f, 1f);
        pen.Ellipse(Tone.Hex(0x35353C), 0.2f, 1.6f, 0.72f, 0.13f, 0.13f);
        pen.Begin().Move(1.3f, 0.24f).Line(1.3f, 0.7f).Line(2.26f, 0.7f).Quad(2.4f, 0.66f, 2.4f, 0.48f).Quad(2.4f, 0.3f, 2.26f, 0.24f);
        pen.Fill(Tone.Scale(train.Pigment, 0.85f), 0.34f);
        pen.Rect(Tone.Hex(0xD8B45A), 0.2f, 1.62f, 0.26f, 1.67f, 0.7f);
        pen.Rect(Tone.Hex(0xD8B45A), 0.2f, 2.2f, 0.26f, 2.25f, 0.69f);
        pen.Ellipse(Tone.Hex(0xF7E7AE), 0.1f, 2.4f, 0.52f, 0.05f, 0.06f);
        pen.Polygon(Tone.Hex(0x9C3A30), 0.1f, 2.3f, 0.24f, 2.6f, 0.02f, 2.3f, 0.02f);
        for (int i = 0; i < 3; i++)
            Wheel(pen, 1.1f + i * 0.48f, 0.15f, 0.155f);
    }

    public static void Bicycle(Pen pen, Thing bicycle)
    {
        var tyre = Tone.Hex(0x26242A);
        for (int i = -1; i <= 1; i += 2)
        {
            for (int s = 0; s < 4; s++)
                pen.Hair(
                    Tone.Fade(Tone.Hex(0xB9BCC2), 0.6f),
                    0.012f,
                    i * 0.46f - 0.3f * Wave.Cos(s / 8f),
                    0.33f - 0.3f * Wave.Sin(s / 8f),
                    i * 0.46f + 0.3f * Wave.Cos(s / 8f),
                    0.33f + 0.3f * Wave.Sin(s / 8f)
                );
            pen.Begin();
            for (int s = 0; s < 20; s++)
                pen.AddCapsule(
                    i * 0.46f + 0.3f * Wave.Cos(s / 20f),
                    0.33f + 0.3f * Wave.Sin(s / 20f),
                    i * 0.46f + 0.3f * Wave.Cos((s + 1) / 20f),
                    0.33f + 0.3f * Wave.Sin((s + 1) / 20f),
                    0.055f
                );
            pen.Fill(tyre, 0.12f);
        }
        var c = bicycle.Pigment;
        pen.Stroke(c, 0.07f, -0.46f, 0.33f, -0.06f, 0.32f, 0.32f, 0.72f, -0.2f, 0.72f, -0.06f, 0.32f);
        pen.Stroke(c, 0.065f, -0.46f, 0.33f, -0.2f, 0.72f);
        pen.Stroke(c, 0.07f, 0.46f, 0.33f, 0.3f, 0.86f);
        pen.Stroke(c, 0.07f, -0.2f, 0.72f, -0.23f, 0.84f);
        pen.Stroke(Tone.Hex(0x3A2A22), 0.08f, -0.36f, 0.87f, -0.12f, 0.87f);
        pen.Stroke(Tone.Hex(0x3A3A40), 0.05f, 0.3f, 0.86f, 0.3f, 0.95f, 0.42f, 0.97f);
        pen.Ellipse(Tone.Hex(0x77777C), 0.2f, -0.06f, 0.32f, 0.07f, 0.07f);
    }

    private static void Shade(Pen pen, float half)
    {
        pen.Begin().AddEllipse(0f, 0.02f, half, 0.06f);
        int owner = pen.Owner;
        pen.Owner = Canvas.Nobody;
        pen.Fill(Tone.Fade(Tone.Hex(0x14141A), 0.45f), 0f);
        pen.Owner = owner;
    }

    private static void Glass(Pen pen, params ReadOnlySpan<float> xy)
    {
        pen.Begin().AddPolygon(xy);
        if (pen.Light.Night)
            pen.FillGlow(Tone.Mix(Tone.Hex(0xF2CE86), pen.Light.Haze, 0.15f));
        else
            pen.FillVertical(Tone.Hex(0xB9D4E2), Tone.Hex(0x587690));
    }

    private static void Headlights(Pen pen, float front, float frontY, float back, float backY, float r)
    {
        pen.Begin().AddEllipse(front, frontY, r * 0.7f, r);
        if (pen.Light.LampsLit)
        {
            pen.FillGlow(Tone.Hex(0xFFF1BE));
            pen.Glow(new System.Numerics.Vector4(1f, 0.92f, 0.66f, 0.5f), front + r, frontY, r * 5f, r * 4f);
        }
        else
        {
            pen.Fill(Tone.Hex(0xF6F0DA), 0.1f);
        }
        pen.Ellipse(Tone.Hex(0xB3262B), 0.1f, back, backY, r * 0.6f, r * 0.9f);
    }

    private static void Wheel(Pen pen, float x, float y, float r)
    {
        pen.Ellipse(Tone.Hex(0x232228), 0.12f, x, y, r, r);
        pen.Ellipse(Tone.Hex(0xB4B7BC), 0.2f, x, y, r * 0.56f, r * 0.56f);
        pen.Ellipse(Tone.Hex(0x55565C), 0.1f, x, y, r * 0.2f, r * 0.2f);
    }
}
