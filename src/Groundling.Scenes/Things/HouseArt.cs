using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>A house: front wall, side wall in shade, pitched roof, door, windows, chimney.</summary>
internal static class HouseArt
{
    public static void Draw(Pen pen, Thing house)
    {
        var random = new SceneRandom(house.Seed);
        bool snowy = house.Pose == "snowy",
            barn = house.Kind == "barn",
            tall = house.Kind == "townhouse";
        var roof = Tone.Hex(random.Pick(0x8A4B3A, 0x6B4A3C, 0x5B6270, 0x7A5A48, 0x4F5560, 0x9C5A40));
        float half = tall ? 0.3f
            : barn ? 0.56f
            : 0.5f,
            eave = tall ? 0.76f : 0.56f,
            split = tall ? 0.3f : 0.2f;
        var wall = house.Pigment;

        float chimney = random.Range(-0.28f, -0.1f);
        if (!barn)
        {
            pen.Rect(Tone.Hex(0x8C5C4A), 0.16f, chimney - 0.045f, 0.7f, chimney + 0.045f, 1f);
            pen.Rect(snowy ? Tone.Hex(0xF3F6FA) : Tone.Hex(0x6E463A), 0.1f, chimney - 0.055f, 0.975f, chimney + 0.055f, 1f);
        }
        if (tall)
            Townhouse(pen, house, random, wall, roof, half, eave, snowy);
        else
            Cottage(pen, house, random, wall, roof, half, eave, split, snowy, barn);
    }

    private static void Cottage(
        Pen pen,
        Thing house,
        SceneRandom random,
        Vector4 wall,
        Vector4 roof,
        float half,
        float eave,
        float split,
        bool snowy,
        bool barn
    )
    {
        // The gable stands at the right, the long side runs to the left under the slope of the roof.
        float ridge = 0.94f,
            gx0 = split * 0.1f,
            gx1 = half * 0.92f,
            mid = (gx0 + gx1) * 0.5f;
        pen.Begin().AddPolygon(-half * 0.94f, 0f, gx0, 0f, gx0, eave, -half * 0.94f, eave);
        Wall(pen, house, wall, -0.05f);
        pen.Begin().AddPolygon(gx0, 0f, gx1, 0f, gx1, eave, mid, ridge - 0.03f, gx0, eave);
        Wall(pen, house, Tone.Scale(wall, 0.93f), 0.1f);
        pen.Rect(Tone.Fade(Tone.Hex(0x2B2B44), 0.2f), 0f, -half * 0.94f, eave - 0.06f, gx0, eave);
        pen.Begin().AddPolygon(-half, eave - 0.03f, gx0 + 0.01f, eave - 0.03f, mid + 0.01f, ridge, -half + (mid - gx0) * 0.8f, ridge);
        if (snowy)
            pen.Fill(Tone.Hex(0xEEF3F9), 0.08f);
        else
            pen.FillGrain(roof, 0.2f, 0.2f, 26f, random.Int(100));
        if (!snowy)
            for (int i = 1; i < 6; i++)
            {
                float t = i / 6f,
                    y = eave - 0.03f + (ridge - eave + 0.03f) * t,
                    shift = (mid - gx0) * t;
                pen.Hair(Tone.Fade(Tone.Hex(0x2B2028), 0.32f), 0.008f, -half + shift * 0.8f, y, gx0 + shift, y);
            }
        var trim = snowy ? Tone.Hex(0xF5F8FB) : Tone.Scale(roof, 0.8f);
        pen.Stroke(trim, 0.045f, gx0 - 0.025f, eave - 0.045f, mid, ridge - 0.005f, gx1 + 0.035f, eave - 0.045f);
        if (barn)
        {
            pen.Rect(Tone.Scale(wall, 0.6f), 0.1f, mid - 0.12f, 0f, mid + 0.12f, 0.36f);
            pen.Stroke(
                Tone.Hex(0xEFE8DA),
                0.022f,
                mid - 0.12f,
                0.01f,
                mid - 0.12f,
                0.36f,
                mid + 0.12f,
                0.36f,
                mid + 0.12f,
                0.01f,
                mid - 0.12f,
                0.36f
            );
            pen.Stroke(Tone.Hex(0xEFE8DA), 0.022f, mid - 0.12f, 0.01f, mid + 0.12f, 0.36f);
            Window(pen, mid, 0.58f, 0.05f, 0.06f);
        }
        else
        {
            Door(pen, random, mid - 0.055f, 0.11f, 0.31f);
            Window(pen, mid, 0.6f, 0.05f, 0.065f);
        }
        int windows = barn ? 3 : 2;
        for (int i = 0; i < windows; i++)
            Window(pen, -half * 0.94f + (gx0 + half * 0.94f) * (i + 0.5f) / windows, 0.3f, 0.075f, 0.085f);
        pen.Rect(Tone.Fade(Tone.Hex(0x5A5148), 0.6f), 0.1f, -half * 0.95f, 0f, gx1 + 0.01f, 0.03f);
    }

    private static void Townhouse(Pen pen, Thing house, SceneRandom random, Vector4 wall, Vector4 roof, float half, float eave, bool snowy)
    {
        pen.Begin().AddPolygon(-half, 0f, half, 0f, half, eave, -half, eave);
        Wall(pen, house, wall, 0f);
        pen.Begin().AddPolygon(-half - 0.03f, eave - 0.01f, half + 0.03f, eave - 0.01f, half * 0.78f, 0.955f, -half * 0.78f, 0.955f);
        if (snowy)
            pen.Fill(Tone.Hex(0xEEF3F9), 0.08f);
        else
            pen.FillGrain(roof, 0.18f, 0.2f, 30f, 9);
        pen.Rect(Tone.Scale(wall, 1.08f), 0.1f, -half - 0.03f, eave - 0.03f, half + 0.03f, eave + 0.005f);
        pen.Rect(Tone.Fade(Tone.Hex(0x2B2B44), 0.22f), 0f, -half, eave - 0.065f, half, eave - 0.03f);
        pen.Rect(Tone.Scale(wall, 0.9f), 0.1f, -0.07f, eave + 0.03f, 0.07f, eave + 0.13f);
        Window(pen, 0f, eave + 0.075f, 0.045f, 0.04f);
        for (int floor = 0; floor < 2; floor++)
        for (int i = -1; i <= 1; i++)
            Window(pen, i * half * 0.62f, 0.42f + floor * 0.2f, 0.05f, 0.062f);
        float door = random.Pick(-0.62f, 0f, 0.62f) * half;
        Door(pen, random, door - 0.055f, 0.11f, 0.24f);
        for (int i = -1; i <= 1; i++)
            if (Math.Abs(i * half * 0.62f - door) > 0.05f)
                Window(pen, i * half * 0.62f, 0.18f, 0.055f, 0.06f);
        pen.Rect(Tone.Scale(wall, 0.7f), 0.05f, -half, 0f, half, 0.035f);
    }

    private static void Wall(Pen pen, Thing house, Vector4 colour, float shift)
    {
        var wall = shift < 0f ? Tone.Scale(colour, 1f + shift) : colour;
        if (house.Material == "brick")
            pen.FillBricks(wall, 0.12f, 0.1f, 0.045f);
        else if (house.Material == "wooden")
            pen.FillGrain(wall, 0.12f, 0.22f, 9f, 5);
        else
            pen.FillGrain(wall, 0.12f, 0.06f, 24f, 7);
        if (house.Material != "wooden")
            return;
        for (int i = 1; i < 7; i++)
            pen.Hair(Tone.Fade(Tone.Hex(0x2F1D10), 0.3f), 0.008f, -0.46f, i * 0.078f, 0.45f, i * 0.078f);
    }

    private static void Window(Pen pen, float x, float y, float half, float tall)
    {
        pen.Rect(Tone.Hex(0xF4EEE2), 0.1f, x - half, y - tall, x + half, y + tall);
        float inX = half * 0.76f,
            inY = tall * 0.8f;
        if (pen.Light.LampsLit)
        {
            pen.Begin().AddPolygon(x - inX, y - inY, x + inX, y - inY, x + inX, y + inY, x - inX, y + inY);
            pen.FillGlow(Tone.Mix(Tone.Hex(0xFFD27A), pen.Light.Haze, 0.3f * pen.Depth * pen.Light.HazeStrength));
        }
        else
        {
            pen.Begin().AddPolygon(x - inX, y - inY, x + inX, y - inY, x + inX, y + inY, x - inX, y + inY);
            pen.FillVertical(Tone.Hex(0x8FB4CC), Tone.Hex(0x46607C));
        }
        pen.Hair(Tone.Hex(0xF4EEE2), 0.012f, x, y - tall, x, y + tall);
        pen.Hair(Tone.Hex(0xF4EEE2), 0.012f, x - half, y, x + half, y);
    }

    private static void Door(Pen pen, SceneRandom random, float x, float width, float tall)
    {
        pen.Rect(Tone.Hex(0xEFE7D8), 0.1f, x - 0.012f, 0f, x + width + 0.012f, tall + 0.014f);
        pen.Rect(Tone.Hex(random.Pick(0x6B4226, 0x4B5A3E, 0x5A3440, 0x3D4C63)), 0.15f, x, 0f, x + width, tall);
        pen.Ellipse(Tone.Hex(0xE8C766), 0.2f, x + width * 0.8f, tall * 0.48f, 0.011f, 0.011f);
    }
}
