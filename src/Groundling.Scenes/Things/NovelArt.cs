using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>What only the splits for teaching hold: <see cref="SceneCategories.Novel"/>.</summary>
internal static class NovelArt
{
    public static void Cactus(Pen pen, Thing cactus)
    {
        var random = new SceneRandom(cactus.Seed);
        float left = random.Range(0.3f, 0.5f),
            right = random.Range(0.4f, 0.6f);
        pen.Stroke(cactus.Pigment, 0.12f, -0.02f, left, -0.25f, left, -0.26f, left + 0.26f);
        pen.Stroke(cactus.Pigment, 0.12f, 0.02f, right, 0.25f, right, 0.26f, right + 0.22f);
        pen.Begin().AddCapsule(0f, 0.08f, 0f, 0.9f, 0.19f);
        pen.FillRound(cactus.Pigment, 0.25f);
        var rib = Tone.Fade(Tone.Scale(cactus.Pigment, 0.6f), 0.7f);
        foreach (float x in (ReadOnlySpan<float>)[-0.045f, 0f, 0.045f])
            pen.Hair(rib, 0.012f, x, 0.06f, x, 0.92f);
        if (random.Chance(0.5f))
            pen.Ellipse(Tone.Hex(0xF093B4), 0.15f, 0f, 0.965f, 0.06f, 0.035f);
    }

    public static void Mushroom(Pen pen, Thing mushroom)
    {
        var stem = Tone.Hex(0xF1E6CF);
        pen.Begin().Move(-0.15f, 0f).Quad(-0.06f, 0.3f, -0.12f, 0.56f).Line(0.12f, 0.56f).Quad(0.06f, 0.3f, 0.15f, 0f);
        pen.Fill(stem, 0.2f);
        pen.Ellipse(Tone.Scale(stem, 0.82f), 0.1f, 0f, 0.5f, 0.4f, 0.07f);
        pen.Begin().Move(-0.5f, 0.5f).Cubic(-0.46f, 0.84f, -0.24f, 1f, 0f, 1f).Cubic(0.24f, 1f, 0.46f, 0.84f, 0.5f, 0.5f);
        pen.Quad(0f, 0.6f, -0.5f, 0.5f);
        pen.FillRound(mushroom.Pigment, 0.26f);
        if (mushroom.Material != "spotted")
            return;
        var spot = Tone.Hex(0xF7F1E4);
        pen.Ellipse(spot, 0.1f, -0.02f, 0.86f, 0.085f, 0.06f);
        pen.Ellipse(spot, 0.1f, -0.26f, 0.72f, 0.075f, 0.06f);
        pen.Ellipse(spot, 0.1f, 0.24f, 0.74f, 0.08f, 0.065f);
        pen.Ellipse(spot, 0.1f, 0.02f, 0.66f, 0.06f, 0.045f);
    }

    public static void Robot(Pen pen, Thing robot)
    {
        var (metal, dark) = (Tone.Hex(0xA9B0B8), Tone.Hex(0x3B3F47));
        foreach (float side in (ReadOnlySpan<float>)[-1f, 1f])
        {
            pen.Stroke(metal, 0.075f, side * 0.11f, 0.32f, side * 0.11f, 0.06f);
            pen.Rect(dark, 0.15f, side * 0.12f - 0.08f, 0f, side * 0.12f + 0.08f, 0.065f);
            pen.Stroke(metal, 0.065f, side * 0.2f, 0.58f, side * 0.28f, 0.46f, side * 0.27f, 0.34f);
            pen.Ellipse(dark, 0.15f, side * 0.27f, 0.32f, 0.05f, 0.04f);
        }
        pen.Rect(metal, 0.1f, -0.05f, 0.62f, 0.05f, 0.7f);
        pen.Rect(robot.Pigment, 0.22f, -0.2f, 0.29f, 0.2f, 0.64f);
        pen.Rect(Tone.Hex(0xE9EEF2), 0.1f, -0.12f, 0.42f, 0.12f, 0.57f);
        pen.Ellipse(Tone.Hex(0xC9352B), 0.05f, -0.06f, 0.5f, 0.025f, 0.025f);
        pen.Ellipse(Tone.Hex(0xF4CB3E), 0.05f, 0.06f, 0.5f, 0.025f, 0.025f);
        pen.Stroke(dark, 0.02f, 0f, 0.88f, 0f, 0.96f);
        pen.Ellipse(Tone.Hex(0xC9352B), 0.1f, 0f, 0.97f, 0.03f, 0.03f);
        pen.Rect(robot.Pigment, 0.22f, -0.17f, 0.68f, 0.17f, 0.89f);
        pen.Ellipse(Tone.Hex(0xFFF6D0), 0f, -0.075f, 0.8f, 0.042f, 0.042f);
        pen.Ellipse(Tone.Hex(0xFFF6D0), 0f, 0.075f, 0.8f, 0.042f, 0.042f);
        pen.Rect(dark, 0f, -0.09f, 0.715f, 0.09f, 0.735f);
    }

    public static void Rocket(Pen pen, Thing rocket)
    {
        var trim = rocket.Colour == "red" ? Tone.Hex(0xF3F0E8) : Tone.Hex(0xC9352B);
        pen.Polygon(trim, 0.2f, -0.1f, 0.34f, -0.24f, 0.14f, -0.24f, 0f, -0.1f, 0.12f);
        pen.Polygon(trim, 0.2f, 0.1f, 0.34f, 0.24f, 0.14f, 0.24f, 0f, 0.1f, 0.12f);
        pen.Rect(Tone.Hex(0x3B3F47), 0.15f, -0.08f, 0.03f, 0.08f, 0.1f);
        pen.Begin().Move(-0.11f, 0.08f).Cubic(-0.19f, 0.4f, -0.17f, 0.72f, 0f, 1f).Cubic(0.17f, 0.72f, 0.19f, 0.4f, 0.11f, 0.08f);
        pen.FillRound(rocket.Pigment, 0.24f);
        if (rocket.Material == "striped")
            foreach (float y in (ReadOnlySpan<float>)[0.2f, 0.34f])
                pen.Polygon(trim, 0.18f, -0.135f, y, 0.135f, y, 0.14f, y + 0.06f, -0.14f, y + 0.06f);
        pen.Begin().Move(-0.1f, 0.79f).Quad(-0.07f, 0.9f, 0f, 1f).Quad(0.07f, 0.9f, 0.1f, 0.79f);
        pen.Fill(trim, 0.2f);
        pen.Ellipse(Tone.Hex(0x8B9098), 0.1f, 0f, 0.62f, 0.075f, 0.055f);
        pen.Ellipse(Tone.Hex(0x9FD4EE), 0.1f, 0f, 0.62f, 0.052f, 0.038f);
    }
}
