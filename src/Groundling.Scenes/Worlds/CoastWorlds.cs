using Groundling.Scenes.Drawing;
using Groundling.Scenes.Stuff;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Harbour, beach and mountain lake.</summary>
internal static class CoastWorlds
{
    public static void Harbor(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.36f, 0.46f);
        stage.Eye = random.Range(3.6f, 4.6f);
        float h = stage.Horizon,
            quay = random.Range(0.78f, 0.86f);
        Backdrop.Sky(stage);
        if (random.Chance(0.6f))
            Backdrop.Mountains(stage, random.Range(0.1f, 0.2f), h + 0.004f);
        if (random.Chance(0.7f))
            Backdrop.Hills(stage, random.Range(0.05f, 0.1f), h + 0.004f);
        Backdrop.Water(stage, "sea", h, 0f, quay + 0.02f, 0.5f, -60f);
        bool left = random.Chance(0.5f);
        if (random.Chance(0.75f))
        {
            // A tongue of land with houses or the lighthouse.
            float reach = random.Range(0.3f, 0.5f),
                foot = h + random.Range(0.035f, 0.06f);
            float x0 = left ? -0.02f : 1.02f,
                x1 = left ? reach : 1f - reach;
            stage.Layer(-50f, pen => Tongue(pen, x0, x1, h, foot));
            float centre = left ? reach * 0.4f : 1f - reach * 0.4f;
            if (random.Chance(0.55f))
                stage.Put(
                    "lighthouse",
                    left ? reach * 0.72f : 1f - reach * 0.72f,
                    foot - 0.014f,
                    random.Range(0.22f, 0.34f),
                    Footing.Air,
                    0.55f,
                    foot - 0.02f
                );
            int houses = random.Int(1, 3);
            for (int i = 0; i < houses; i++)
                stage.Put(
                    "house",
                    centre + (i - (houses - 1) * 0.5f) * 0.13f,
                    foot - 0.012f,
                    random.Range(0.1f, 0.135f),
                    Footing.Air,
                    0.6f,
                    foot - 0.019f + i * 0.001f,
                    "",
                    random.Pick("cottage", "townhouse")
                );
        }
        stage.Scatter("boat", 2, 5, new Zone(h + 0.12f, quay - 0.02f, Footing.Water));
        ulong seed = random.Next();
        stage.Layer(quay - 0.03f, pen => RoadArt.Pavement(pen, quay - 0.01f, 1.02f, h, Backdrop.Owner("pavement"), seed));
        var zone = new Zone(quay + 0.04f, 0.98f);
        stage.Eye = 5.5f;
        stage.Scatter("lamp", 0, 2, zone);
        stage.Scatter("person", 0, 3, zone);
        stage.Scatter("bench", 0, 1, zone);
        stage.Scatter("bird", 0, 2, zone with { Top = quay + 0.02f });
        stage.Scatter("cat", 0, 1, zone);
        Backdrop.Birds(stage, 0.55f);
    }

    private static void Tongue(Pen pen, float x0, float x1, float horizon, float foot)
    {
        pen.Owner = Backdrop.Owner("grass");
        pen.Depth = 0.6f;
        pen.PlacePage();
        float top = horizon - 0.006f;
        pen.Begin().Move(x0, top - 0.012f).Quad((x0 + x1) * 0.5f, top - 0.02f, x1, foot - 0.004f).Line(x1, foot).Line(x0, foot + 0.004f);
        pen.FillGrain(Tone.Hex(0x7FA25A), 0.2f, 0.3f, 60f, 3);
        pen.Begin().Move(x0, foot - 0.006f).Line(x1, foot - 0.006f).Quad((x0 * 0.2f) + x1 * 0.8f, foot + 0.008f, x0, foot + 0.008f);
        pen.FillGrain(Tone.Hex(0x8F8271), 0.2f, 0.4f, 90f, 6);
    }

    public static void Beach(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.33f, 0.43f);
        stage.Eye = random.Range(3.2f, 3.8f);
        float h = stage.Horizon,
            shore = random.Range(0.55f, 0.62f),
            wave = 0.06f;
        Backdrop.Sky(stage);
        if (random.Chance(0.4f))
            Backdrop.Hills(stage, random.Range(0.05f, 0.12f), h + 0.003f);
        Backdrop.Water(stage, "sea", h, 0f, shore + 0.12f, 0.35f, -60f);
        ulong seed = random.Next(),
            specks = random.Next();
        int noise = random.Int(200);
        stage.Layer(
            -40f,
            pen =>
            {
                var edge = Ridge.Waves(pen.Canvas.Width, shore + wave * 0.5f, wave, 1.7f, noise);
                GroundArt.Draw(pen, GroundArt.Sand, edge, h, Backdrop.Owner("sand"), seed);
                var wet = Array.ConvertAll(edge, y => y + 0.012f);
                GroundArt.Foam(pen, wet, 0.03f, Backdrop.Owner("sand"));
                GroundArt.Foam(pen, edge, 0.016f, Backdrop.Owner("sea"));
                GroundArt.Specks(pen, shore + 0.08f, h, Tone.Hex(0xC7A877), 40, Backdrop.Owner("sand"), specks);
            }
        );
        stage.Scatter("boat", 0, 3, new Zone(h + 0.09f, shore - 0.05f, Footing.Water), "sailboat");
        var zone = new Zone(shore + 0.08f, 0.97f);
        stage.Scatter("tree", 0, 2, zone with { Bottom = 0.8f }, "palm tree");
        stage.Scatter("umbrella", 1, 4, zone);
        stage.Scatter("person", 1, 4, zone);
        stage.Scatter("person", 0, 1, zone, "", "sitting");
        stage.Scatter("ball", 0, 3, zone with { Top = 0.74f });
        stage.Scatter("dog", 0, 2, zone);
        stage.Scatter("bird", 0, 2, zone with { Top = 0.75f });
        if (random.Chance(0.4f))
            stage.Fly("kite", 0.03f, h, 0.14f, 0.24f, 0.15f);
        Backdrop.Birds(stage, 0.35f);
    }

    public static void Lake(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.42f, 0.5f);
        stage.Eye = random.Range(3f, 3.8f);
        float h = stage.Horizon,
            shore = random.Range(0.7f, 0.78f);
        Backdrop.Sky(stage);
        Backdrop.Mountains(stage, random.Range(0.24f, 0.36f), h);
        if (random.Chance(0.75f))
            Backdrop.Forest(stage, random.Range(0.06f, 0.1f), h + 0.01f, true, 0f);
        Backdrop.Water(stage, "lake", h + 0.012f, 0.01f, shore + 0.1f, 0.72f, -60f);
        Backdrop.Grass(stage, shore, 0.07f, -40f, 70);
        stage.Scatter("boat", 1, 3, new Zone(h + 0.11f, shore - 0.02f, Footing.Water), random.Pick("rowing boat", "sailboat", ""));
        var zone = new Zone(shore + 0.06f, 0.97f);
        stage.Scatter("tree", 0, 2, zone with { Bottom = 0.85f }, "pine tree");
        stage.Scatter("tent", 0, 2, zone with { Bottom = 0.93f });
        stage.Scatter("person", 0, 3, zone);
        stage.Scatter("dog", 0, 2, zone);
        stage.Scatter("bench", 0, 1, zone);
        Backdrop.Balloons(stage, 0.4f);
        Backdrop.Birds(stage, 0.35f);
    }
}
