using System.Numerics;
using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>Four-legged animals, facing right.</summary>
internal static class AnimalArt
{
    public static void Horse(Pen pen, Thing horse)
    {
        var coat = horse.Pigment;
        var mane =
            horse.Colour is "black" or "brown" ? Tone.Hex(0x1F1A1C)
            : horse.Colour == "white" ? Tone.Hex(0xCFC7BA)
            : Tone.Hex(0x4A4A50);
        Legs(pen, coat, 0.42f, 0.068f, -0.3f, -0.2f, 0.16f, 0.26f, Tone.Hex(0x2A2424));
        pen.Begin().Move(-0.36f, 0.66f).Quad(-0.52f, 0.6f, -0.46f, 0.22f).Quad(-0.4f, 0.4f, -0.33f, 0.55f);
        pen.Fill(mane, 0.15f);
        pen.Blob(
            coat,
            0.22f,
            -0.38f,
            0.6f,
            -0.3f,
            0.71f,
            -0.05f,
            0.67f,
            0.2f,
            0.72f,
            0.33f,
            0.58f,
            0.24f,
            0.42f,
            -0.08f,
            0.37f,
            -0.31f,
            0.41f
        );
        if (horse.Pose == "grazing")
        {
            pen.Blob(coat, 0.18f, 0.16f, 0.68f, 0.32f, 0.62f, 0.5f, 0.3f, 0.6f, 0.06f, 0.52f, 0.02f, 0.38f, 0.24f, 0.22f, 0.44f);
            pen.Stroke(mane, 0.06f, 0.24f, 0.68f, 0.36f, 0.52f, 0.45f, 0.32f);
            return;
        }
        pen.Blob(coat, 0.18f, 0.1f, 0.66f, 0.24f, 0.8f, 0.34f, 0.97f, 0.43f, 0.93f, 0.58f, 0.76f, 0.55f, 0.7f, 0.42f, 0.77f, 0.34f, 0.54f);
        pen.Stroke(mane, 0.065f, 0.13f, 0.73f, 0.22f, 0.84f, 0.33f, 0.95f);
        pen.Polygon(coat, 0.1f, 0.34f, 0.94f, 0.37f, 1f, 0.4f, 0.93f);
        pen.Ellipse(Tone.Hex(0x1B1718), 0f, 0.44f, 0.87f, 0.014f, 0.014f);
    }

    public static void Cow(Pen pen, Thing cow)
    {
        var coat = cow.Pigment;
        Legs(pen, coat, 0.45f, 0.09f, -0.5f, -0.36f, 0.24f, 0.38f, Tone.Hex(0x3A3030));
        pen.Stroke(coat, 0.03f, -0.62f, 0.78f, -0.7f, 0.6f, -0.68f, 0.34f);
        pen.Ellipse(Tone.Hex(0xE7A9A0), 0.15f, -0.26f, 0.34f, 0.12f, 0.07f);
        pen.Blob(
            coat,
            0.2f,
            -0.64f,
            0.7f,
            -0.58f,
            0.86f,
            -0.1f,
            0.83f,
            0.36f,
            0.88f,
            0.5f,
            0.68f,
            0.4f,
            0.44f,
            -0.06f,
            0.34f,
            -0.54f,
            0.44f
        );
        if (cow.Material == "spotted")
        {
            var spot = cow.Colour == "white" ? Tone.Hex(0x2B2829) : Tone.Hex(0xF4EFE4);
            pen.Blob(spot, 0.1f, -0.48f, 0.8f, -0.24f, 0.79f, -0.22f, 0.58f, -0.4f, 0.52f, -0.54f, 0.64f);
            pen.Blob(spot, 0.1f, 0.04f, 0.74f, 0.24f, 0.8f, 0.3f, 0.6f, 0.12f, 0.5f);
            pen.Blob(spot, 0.1f, -0.14f, 0.46f, 0f, 0.5f, 0.02f, 0.4f, -0.1f, 0.38f);
        }
        float drop = cow.Pose == "grazing" ? -0.55f : 0f,
            out2 = cow.Pose == "grazing" ? 0.04f : 0f;
        pen.Stroke(coat, 0.2f, 0.38f, 0.7f, 0.52f + out2, 0.76f + drop * 0.7f);
        pen.Stroke(Tone.Hex(0xE8DDC2), 0.035f, 0.54f + out2, 0.94f + drop, 0.5f + out2, 1f + drop);
        pen.Stroke(Tone.Hex(0xE8DDC2), 0.035f, 0.62f + out2, 0.95f + drop, 0.66f + out2, 1f + drop);
        pen.Ellipse(coat, 0.15f, 0.46f + out2, 0.87f + drop, 0.075f, 0.035f);
        pen.Blob(
            Tone.Scale(coat, 0.96f),
            0.18f,
            0.5f + out2,
            0.92f + drop,
            0.62f + out2,
            0.93f + drop,
            0.74f + out2,
            0.7f + drop,
            0.68f + out2,
            0.62f + drop,
            0.54f + out2,
            0.7f + drop
        );
        pen.Ellipse(Tone.Hex(0xE2A79E), 0.15f, 0.71f + out2, 0.675f + drop, 0.06f, 0.05f);
        pen.Ellipse(Tone.Hex(0x1B1718), 0f, 0.61f + out2, 0.83f + drop, 0.018f, 0.02f);
    }

    public static void Sheep(Pen pen, Thing sheep)
    {
        var face = sheep.Colour == "black" ? Tone.Hex(0x1F1C20) : Tone.Hex(0x3B3230);
        Legs(pen, face, 0.32f, 0.075f, -0.34f, -0.22f, 0.18f, 0.3f, face);
        pen.Begin();
        for (int i = 0; i < 11; i++)
        {
            float t = i / 11f;
            pen.AddEllipse(0.4f * Wave.Cos(t) - 0.04f, 0.58f + 0.2f * Wave.Sin(t), 0.17f, 0.16f);
        }
        pen.AddEllipse(-0.04f, 0.58f, 0.42f, 0.24f);
        pen.FillGrain(sheep.Pigment, 0.16f, 0.2f, 14f, 21);
        pen.Begin();
        for (int i = 0; i < 5; i++)
            pen.AddEllipse(-0.34f + i * 0.15f, 0.76f, 0.1f, 0.07f);
        pen.Fill(Tone.Fade(Tone.Mix(sheep.Pigment, pen.Light.Sun, 0.35f), 0.7f), 0.05f);
        float drop = sheep.Pose == "grazing" ? -0.42f : 0f;
        pen.Ellipse(face, 0.15f, 0.4f, 0.82f + drop, 0.09f, 0.035f);
        pen.Blob(face, 0.22f, 0.4f, 0.9f + drop, 0.52f, 0.88f + drop, 0.64f, 0.7f + drop, 0.58f, 0.62f + drop, 0.44f, 0.7f + drop);
        pen.Ellipse(sheep.Pigment, 0.1f, 0.43f, 0.91f + drop, 0.11f, 0.07f);
        pen.Ellipse(Tone.Hex(0xF2EDE4), 0f, 0.53f, 0.8f + drop, 0.02f, 0.022f);
    }

    public static void Dog(Pen pen, Thing dog)
    {
        var coat = dog.Pigment;
        var ear = Tone.Scale(coat, dog.Colour == "black" ? 1.5f : 0.7f);
        if (dog.Pose == "sitting")
        {
            pen.Stroke(coat, 0.1f, -0.3f, 0.06f, -0.5f, 0.12f, -0.58f, 0.26f);
            pen.Blob(coat, 0.22f, -0.36f, 0.16f, -0.2f, 0.42f, 0.06f, 0.7f, 0.26f, 0.6f, 0.28f, 0.3f, 0.2f, 0.02f, -0.26f, 0.02f);
            pen.Stroke(coat, 0.13f, 0.2f, 0.5f, 0.22f, 0.06f);
            pen.Stroke(Tone.Scale(coat, 0.9f), 0.13f, -0.02f, 0.06f, 0.02f, 0.06f);
            Head(pen, dog, coat, ear, 0.16f, 0.78f, 0.2f);
            return;
        }
        Legs(pen, coat, 0.4f, 0.11f, -0.42f, -0.3f, 0.24f, 0.35f, Tone.Scale(coat, 0.8f));
        pen.Stroke(coat, 0.085f, -0.46f, 0.58f, -0.62f, 0.7f, -0.66f, 0.84f);
        pen.Blob(
            coat,
            0.22f,
            -0.5f,
            0.52f,
            -0.42f,
            0.66f,
            0.02f,
            0.64f,
            0.34f,
            0.72f,
            0.42f,
            0.52f,
            0.28f,
            0.34f,
            -0.08f,
            0.38f,
            -0.4f,
            0.34f
        );
        if (dog.Material == "spotted")
        {
            var spot = dog.Colour == "white" ? Tone.Hex(0x5A3A28) : Tone.Hex(0xF4EFE4);
            pen.Ellipse(spot, 0.1f, -0.2f, 0.56f, 0.13f, 0.09f);
            pen.Ellipse(spot, 0.1f, 0.18f, 0.48f, 0.09f, 0.08f);
            pen.Ellipse(spot, 0.1f, -0.38f, 0.44f, 0.06f, 0.06f);
        }
        pen.Stroke(Tone.Hex(0xC9392E), 0.06f, 0.32f, 0.76f, 0.46f, 0.64f);
        Head(pen, dog, coat, ear, 0.46f, 0.8f, 0.18f);
    }

    public static void Cat(Pen pen, Thing cat)
    {
        var coat = cat.Pigment;
        pen.Begin()
            .Move(-0.3f, 0.05f)
            .Quad(-0.62f, 0.02f, -0.56f, 0.4f)
            .Quad(-0.53f, 0.48f, -0.49f, 0.4f)
            .Quad(-0.52f, 0.14f, -0.28f, 0.16f);
        pen.Fill(coat, 0.15f);
        pen.Blob(coat, 0.22f, -0.34f, 0.14f, -0.24f, 0.42f, -0.04f, 0.64f, 0.18f, 0.6f, 0.24f, 0.28f, 0.2f, 0.02f, -0.26f, 0.01f);
        pen.Stroke(coat, 0.11f, 0.14f, 0.4f, 0.17f, 0.05f);
        pen.Polygon(coat, 0.15f, -0.07f, 0.82f, -0.05f, 1f, 0.08f, 0.9f);
        pen.Polygon(coat, 0.15f, 0.14f, 0.9f, 0.27f, 1f, 0.29f, 0.82f);
        pen.Begin().AddEllipse(0.11f, 0.76f, 0.21f, 0.18f);
        pen.FillRound(coat, 0.2f);
        if (cat.Material == "striped")
            for (int i = 0; i < 3; i++)
                pen.Stroke(
                    cat.Colour == "black" ? Tone.Hex(0x77757D) : Tone.Scale(coat, 0.6f),
                    0.045f,
                    -0.27f + i * 0.1f,
                    0.4f + i * 0.08f,
                    -0.16f + i * 0.1f,
                    0.26f + i * 0.08f
                );
        var eye = Tone.Hex(cat.Colour == "black" ? 0xE3D24A : 0x2E3B2A);
        pen.Ellipse(eye, 0f, 0.05f, 0.78f, 0.03f, 0.036f);
        pen.Ellipse(eye, 0f, 0.19f, 0.78f, 0.03f, 0.036f);
        pen.Ellipse(Tone.Hex(0xD98C8C), 0f, 0.12f, 0.7f, 0.024f, 0.018f);
    }

    private static void Head(Pen pen, Thing dog, Vector4 coat, Vector4 ear, float x, float y, float r)
    {
        pen.Begin().AddEllipse(x, y, r, r * 0.95f).AddEllipse(x + r * 0.8f, y - r * 0.3f, r * 0.6f, r * 0.42f);
        pen.FillRound(coat, 0.18f);
        pen.Blob(
            ear,
            0.15f,
            x - r * 0.6f,
            y + r * 0.8f,
            x - r * 0.1f,
            y + r * 0.7f,
            x - r * 0.25f,
            y - r * 0.5f,
            x - r * 0.8f,
            y - r * 0.3f
        );
        pen.Ellipse(Tone.Hex(0x1A1618), 0f, x + r * 1.32f, y - r * 0.2f, r * 0.17f, r * 0.14f);
        pen.Ellipse(Tone.Hex(dog.Colour == "black" ? 0xE8E2D8 : 0x1A1618), 0f, x + r * 0.42f, y + r * 0.2f, r * 0.12f, r * 0.13f);
    }

    private static void Legs(Pen pen, Vector4 coat, float top, float width, float a, float b, float c, float d, Vector4 hoof)
    {
        pen.Stroke(Tone.Scale(coat, 0.68f), width, b, top, b + 0.02f, width * 0.5f);
        pen.Stroke(Tone.Scale(coat, 0.68f), width, d, top, d + 0.02f, width * 0.5f);
        pen.Stroke(Tone.Scale(coat, 0.95f), width, a, top, a - 0.02f, top * 0.5f, a, width * 0.5f);
        pen.Stroke(Tone.Scale(coat, 0.95f), width, c, top, c + 0.01f, top * 0.5f, c, width * 0.5f);
        pen.Begin()
            .AddCapsule(a, width * 0.5f, a + 0.01f, width * 0.4f, width * 1.05f)
            .AddCapsule(c, width * 0.5f, c + 0.01f, width * 0.4f, width * 1.05f);
        pen.Fill(hoof, 0.05f);
    }
}
