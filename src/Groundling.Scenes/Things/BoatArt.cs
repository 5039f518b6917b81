using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

internal static class BoatArt
{
    public static void Draw(Pen pen, Thing boat)
    {
        var random = new SceneRandom(boat.Seed);
        if (boat.Kind == "sailboat")
            Sailboat(pen, boat, random);
        else if (boat.Kind == "fishing boat")
            FishingBoat(pen, boat);
        else
            RowingBoat(pen, boat);
    }

    private static void Hull(Pen pen, Thing boat, float half, float deck, float bow)
    {
        var dark = Tone.Scale(boat.Pigment, 0.62f);
        pen.Begin()
            .Move(-half, deck)
            .Quad(0f, deck * 0.72f, half, deck + bow)
            .Quad(half * 0.86f, deck * 0.15f, half * 0.66f, 0f)
            .Line(-half * 0.78f, 0f)
            .Quad(-half * 0.95f, deck * 0.3f, -half, deck);
        pen.FillVertical(boat.Pigment, dark, 0.08f);
        if (boat.Material == "wooden")
        {
            for (int i = 1; i <= 3; i++)
            {
                float t = i / 4f;
                pen.Hair(
                    Tone.Fade(Tone.Hex(0x3B2415), 0.5f),
                    deck * 0.05f,
                    -half * (0.79f + 0.16f * t),
                    deck * t,
                    0f,
                    deck * (t - 0.09f),
                    half * (0.66f + 0.22f * t),
                    deck * t
                );
            }
        }
        else
        {
            pen.Begin()
                .Move(-half * 0.985f, deck * 0.86f)
                .Quad(0f, deck * 0.58f, half * 0.96f, deck * 0.86f + bow * 0.8f)
                .Line(half * 0.93f, deck * 0.7f + bow * 0.6f)
                .Quad(0f, deck * 0.46f, -half * 0.975f, deck * 0.7f);
            pen.Fill(boat.Colour == "white" ? Tone.Hex(0xB9B4A8) : Tone.Hex(0xF5F0E4), 0.08f);
        }
        pen.Begin().AddPolygon(-half * 0.8f, deck * 0.1f, half * 0.7f, deck * 0.1f, half * 0.66f, 0f, -half * 0.78f, 0f);
        pen.Fill(Tone.Scale(dark, 0.7f), 0f);
    }

    private static void Sailboat(Pen pen, Thing boat, SceneRandom random)
    {
        float half = 0.36f;
        var sail = Tone.Hex(0xFAF5E8);
        pen.Stroke(Tone.Hex(0x6B4A30), 0.022f, 0.02f, 0.1f, 0.02f, 0.985f);
        pen.Begin().Move(0f, 0.95f).Quad(-0.16f, 0.55f, -0.3f, 0.225f).Quad(-0.14f, 0.2f, 0f, 0.23f);
        pen.Fill(sail, 0.16f);
        if (boat.Material == "striped")
        {
            var stripe = boat.Colour == "white" ? Tone.Hex(0x3D6FB0) : boat.Pigment;
            for (int i = 0; i < 3; i++)
            {
                float y0 = 0.3f + i * 0.2f,
                    y1 = y0 + 0.085f;
                pen.Begin()
                    .AddPolygon(0f, y0, 0f, y1, -0.265f * (0.97f - y1) / 0.72f, y1 - 0.02f, -0.272f * (0.97f - y0) / 0.72f, y0 - 0.02f);
                pen.Fill(stripe, 0.14f);
            }
        }
        pen.Begin().Move(0.04f, 0.88f).Quad(0.16f, 0.5f, 0.33f, 0.24f).Quad(0.16f, 0.23f, 0.045f, 0.26f);
        pen.Fill(random.Chance(0.45f) && boat.Material != "striped" ? boat.Pigment : sail, 0.22f);
        pen.Stroke(Tone.Hex(0x6B4A30), 0.014f, -0.3f, 0.215f, 0.02f, 0.22f);
        pen.Polygon(boat.Pigment, 0.15f, 0.02f, 0.985f, 0.1f, 0.965f, 0.02f, 0.945f);
        Hull(pen, boat, half, 0.165f, 0.035f);
    }

    private static void FishingBoat(Pen pen, Thing boat)
    {
        float half = 0.82f;
        pen.Stroke(Tone.Hex(0x5A4534), 0.03f, -0.16f, 0.3f, -0.16f, 0.98f);
        pen.Hair(Tone.Hex(0x3B332C), 0.01f, -0.16f, 0.96f, 0.74f, 0.45f);
        pen.Hair(Tone.Hex(0x3B332C), 0.01f, -0.16f, 0.96f, -0.78f, 0.38f);
        pen.Polygon(Tone.Hex(0xF2ECDD), 0.14f, -0.48f, 0.3f, 0.06f, 0.28f, 0.03f, 0.66f, -0.45f, 0.66f);
        pen.Polygon(Tone.Scale(boat.Pigment, 0.9f), 0.14f, -0.54f, 0.65f, 0.12f, 0.65f, 0.06f, 0.73f, -0.5f, 0.73f);
        for (int i = 0; i < 2; i++)
            pen.Rect(pen.Light.LampsLit ? Tone.Hex(0xFFD98A) : Tone.Hex(0x5D83A0), 0.1f, -0.4f + i * 0.2f, 0.46f, -0.26f + i * 0.2f, 0.6f);
        Hull(pen, boat, half, 0.36f, 0.1f);
        pen.Ellipse(Tone.Hex(0xF0E6D2), 0.15f, -0.45f, 0.2f, 0.035f, 0.05f);
        pen.Ellipse(Tone.Hex(0xF0E6D2), 0.15f, 0.1f, 0.18f, 0.035f, 0.05f);
    }

    private static void RowingBoat(Pen pen, Thing boat)
    {
        pen.Begin().Move(-1.5f, 0.86f).Quad(0f, 0.55f, 1.52f, 0.98f).Quad(0f, 0.75f, -1.5f, 0.86f);
        pen.Fill(Tone.Scale(boat.Pigment, 0.5f), 0.1f);
        pen.Stroke(Tone.Hex(0xB88A58), 0.11f, -0.6f, 0.72f, -0.35f, 0.76f);
        pen.Stroke(Tone.Hex(0x9C7145), 0.07f, 0.05f, 0.78f, -0.95f, 0.1f);
        Hull(pen, boat, 1.5f, 0.84f, 0.14f);
        pen.Stroke(Tone.Hex(0xB88A58), 0.06f, 0.25f, 0.72f, 1.05f, 0.04f);
    }
}
