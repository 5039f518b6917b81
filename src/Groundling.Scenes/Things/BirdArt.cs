using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

internal static class BirdArt
{
    public static void Draw(Pen pen, Thing bird)
    {
        var body = bird.Pigment;
        var dark = Tone.Scale(body, bird.Colour == "black" ? 1.5f : 0.72f);
        var beak = Tone.Hex(bird.Colour is "yellow" or "orange" ? 0x5A4030 : 0xE89B2F);
        if (bird.Pose == "flying")
        {
            float flap = new SceneRandom(bird.Seed).Range(-0.1f, 0.25f);
            pen.Begin().Move(0.05f, 0.42f).Quad(-0.1f, 0.85f + flap * 0.3f, -0.42f, 0.98f).Quad(-0.4f, 0.62f, -0.24f, 0.36f);
            pen.Fill(dark, 0.2f);
            pen.Polygon(dark, 0.15f, -0.5f, 0.4f, -0.86f, 0.5f, -0.92f, 0.34f, -0.5f, 0.24f);
            pen.Blob(body, 0.24f, -0.62f, 0.32f, -0.2f, 0.48f, 0.3f, 0.5f, 0.56f, 0.4f, 0.4f, 0.24f, -0.1f, 0.16f);
            pen.Begin().AddEllipse(0.5f, 0.46f, 0.19f, 0.17f);
            pen.FillRound(body, 0.2f);
            pen.Polygon(beak, 0.1f, 0.65f, 0.5f, 0.88f, 0.42f, 0.65f, 0.38f);
            pen.Ellipse(Tone.Hex(0x1B1718), 0f, 0.55f, 0.5f, 0.035f, 0.04f);
            pen.Begin()
                .Move(0.22f, 0.42f)
                .Quad(0.2f, 0.75f, 0.02f, 0.96f - flap)
                .Quad(-0.22f, 0.9f - flap, -0.44f, 0.78f - flap)
                .Quad(-0.3f, 0.5f, -0.2f, 0.34f);
            pen.Fill(Tone.Scale(body, 0.9f), 0.26f);
            return;
        }
        pen.Stroke(Tone.Hex(0xB07A3A), 0.04f, -0.04f, 0.2f, -0.03f, 0.02f, 0.06f, 0.02f);
        pen.Stroke(Tone.Hex(0xB07A3A), 0.04f, 0.1f, 0.2f, 0.11f, 0.02f, 0.2f, 0.02f);
        pen.Polygon(dark, 0.15f, -0.3f, 0.42f, -0.68f, 0.3f, -0.62f, 0.2f, -0.24f, 0.24f);
        pen.Blob(body, 0.24f, -0.36f, 0.42f, -0.1f, 0.62f, 0.2f, 0.64f, 0.34f, 0.42f, 0.16f, 0.16f, -0.18f, 0.18f);
        pen.Begin().AddEllipse(0.24f, 0.76f, 0.22f, 0.21f);
        pen.FillRound(body, 0.2f);
        pen.Polygon(beak, 0.1f, 0.43f, 0.82f, 0.64f, 0.73f, 0.43f, 0.67f);
        pen.Ellipse(Tone.Hex(0x1B1718), 0f, 0.3f, 0.81f, 0.04f, 0.045f);
        pen.Blob(dark, 0.2f, -0.42f, 0.38f, -0.1f, 0.54f, 0.12f, 0.5f, 0f, 0.3f, -0.24f, 0.26f);
    }
}
