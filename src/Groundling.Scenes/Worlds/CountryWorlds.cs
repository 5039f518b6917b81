using Groundling.Scenes.Drawing;
using Groundling.Scenes.Stuff;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Meadow, farm, river valley, railway and snowy village.</summary>
internal static class CountryWorlds
{
    public static void Meadow(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.38f, 0.5f);
        stage.Eye = random.Range(2.6f, 3.4f);
        float h = stage.Horizon;
        Backdrop.Sky(stage);
        if (random.Chance(0.35f))
            Backdrop.Mountains(stage, random.Range(0.14f, 0.24f), h + 0.01f);
        if (random.Chance(0.7f))
            Backdrop.Hills(stage, random.Range(0.08f, 0.15f), h + 0.02f);
        if (random.Chance(0.5f))
            Backdrop.Forest(stage, random.Range(0.06f, 0.1f), h + 0.02f, random.Chance(0.4f), 0f);
        Backdrop.Grass(stage, h + 0.015f, 0.02f, -60f);
        var far = new Zone(h + 0.1f, h + 0.26f);
        var near = new Zone(h + 0.2f, 0.97f);
        if (random.Chance(0.5f))
            stage.Scatter("house", 1, 1, far with { Top = h + 0.14f }, "cottage");
        stage.Scatter("tree", 0, 3, far);
        stage.Scatter("fence", 0, 1, near);
        stage.Scatter(random.Pick("sheep", "cow", "horse"), 2, 5, near);
        if (random.Chance(0.5f))
            stage.Scatter(random.Pick("sheep", "cow", "horse", "dog"), 1, 2, near);
        stage.Scatter("person", 0, 2, near);
        stage.Scatter("dog", 0, 1, near);
        if (random.Chance(0.4f))
            stage.Fly("kite", 0.03f, h, 0.14f, 0.26f, 0.1f);
        else
            Backdrop.Balloons(stage, 0.5f);
        Backdrop.Birds(stage, 0.35f);
    }

    public static void Farm(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.38f, 0.46f);
        stage.Eye = random.Range(3f, 3.6f);
        float h = stage.Horizon,
            split = h + random.Range(0.17f, 0.26f);
        Backdrop.Sky(stage);
        Backdrop.Hills(stage, random.Range(0.07f, 0.13f), h + 0.012f);
        if (random.Chance(0.4f))
            Backdrop.Forest(stage, random.Range(0.05f, 0.08f), h + 0.012f, false, 0f);
        bool wheat = random.Chance(0.6f);
        ulong seed = random.Next();
        float vanish = random.Range(0.2f, 0.8f);
        stage.Layer(
            -60f,
            pen =>
            {
                GroundArt.Band(pen, wheat ? GroundArt.Wheat : GroundArt.Earth, h + 0.008f, split + 0.03f, h, Backdrop.Owner("field"), seed);
                GroundArt.Furrows(pen, h + 0.01f, split + 0.03f, h, vanish, Tone.Hex(wheat ? 0x9A7A2E : 0x6F8B3F), Backdrop.Owner("field"));
            }
        );
        Backdrop.Grass(stage, split, 0.03f, -50f, 90);
        stage.Scatter("house", 1, 2, new Zone(h + 0.15f, split + 0.06f), random.Pick("barn", "barn", "cottage"));
        stage.Scatter("windmill", 0, 1, new Zone(h + 0.1f, h + 0.16f));
        stage.Scatter("tree", 0, 2, new Zone(h + 0.12f, split));
        var near = new Zone(split + 0.06f, 0.97f);
        stage.Scatter("haystack", 0, 3, near);
        stage.Scatter("fence", 0, 2, near);
        stage.Scatter(random.Pick("cow", "horse", "sheep"), 1, 4, near);
        stage.Scatter(random.Pick("cow", "horse", "sheep", "dog", "cat"), 0, 2, near);
        stage.Scatter("person", 0, 2, near);
        stage.Scatter("truck", 0, 1, new Zone(split + 0.05f, 0.85f));
        stage.Scatter("bird", 0, 2, near with { Top = 0.8f });
        Backdrop.Birds(stage, 0.3f);
    }

    public static void River(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.38f, 0.46f);
        stage.Eye = random.Range(3f, 3.8f);
        float h = stage.Horizon,
            top = h + random.Range(0.17f, 0.22f),
            bottom = top + random.Range(0.14f, 0.18f);
        Backdrop.Sky(stage);
        if (random.Chance(0.5f))
            Backdrop.Mountains(stage, random.Range(0.12f, 0.24f), h + 0.01f);
        else
            Backdrop.Hills(stage, random.Range(0.08f, 0.14f), h + 0.012f);
        if (random.Chance(0.6f))
            Backdrop.Forest(stage, random.Range(0.05f, 0.09f), h + 0.015f, random.Chance(0.5f), 0f);
        Backdrop.Grass(stage, h + 0.01f, 0.015f, -70f, 40);
        stage.Scatter("house", 1, 3, new Zone(h + 0.12f, top - 0.01f), "cottage");
        stage.Scatter("tree", 1, 3, new Zone(h + 0.11f, top - 0.005f));
        stage.Scatter("windmill", 0, 1, new Zone(h + 0.1f, top - 0.03f));
        // The river lies behind what stands on the near bank and before what stands on the far one.
        Backdrop.Water(stage, "river", top, 0.02f, bottom + 0.05f, 0.6f, top - 0.004f);
        Backdrop.Ground(stage, "grass", GroundArt.Grass(random, stage.Autumn), bottom, 0.05f, bottom - 0.03f);
        stage.Scatter(
            "boat",
            1,
            3,
            new Zone(top + 0.05f, bottom - 0.035f, Footing.Water),
            random.Pick("rowing boat", "sailboat", "fishing boat")
        );
        var near = new Zone(bottom + 0.05f, 0.97f);
        stage.Scatter("person", 0, 3, near);
        stage.Scatter("bench", 0, 2, near);
        stage.Scatter("dog", 0, 2, near);
        stage.Scatter("bicycle", 0, 1, near);
        stage.Scatter("tree", 0, 1, near with { Bottom = bottom + 0.1f });
        Backdrop.Balloons(stage, 0.3f);
        Backdrop.Birds(stage, 0.35f);
    }

    public static void Railway(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.36f, 0.44f);
        stage.Eye = random.Range(3.2f, 3.8f);
        float h = stage.Horizon,
            track = h + random.Range(0.2f, 0.27f);
        Backdrop.Sky(stage);
        if (random.Chance(0.55f))
            Backdrop.Mountains(stage, random.Range(0.16f, 0.28f), h + 0.01f);
        Backdrop.Hills(stage, random.Range(0.06f, 0.12f), h + 0.012f);
        if (random.Chance(0.5f))
            Backdrop.Forest(stage, random.Range(0.05f, 0.09f), h + 0.015f, random.Chance(0.6f), 0f);
        Backdrop.Grass(stage, h + 0.01f, 0.015f, -70f);
        stage.Layer(-60f, pen => Track(pen, track, h));
        float eye = stage.Eye;
        stage.Eye = 5.4f;
        stage.Scatter("train", 1, 1, new Zone(track, track + 0.008f), "", "moving");
        stage.Eye = eye;
        stage.Scatter("house", 0, 2, new Zone(h + 0.11f, track - 0.06f), "cottage");
        stage.Scatter("tree", 1, 3, new Zone(h + 0.1f, track - 0.045f));
        var near = new Zone(track + 0.12f, 0.97f);
        stage.Scatter(random.Pick("cow", "sheep", "horse"), 0, 3, near);
        stage.Scatter("person", 0, 3, near);
        stage.Scatter("fence", 0, 2, near);
        stage.Scatter("bicycle", 0, 2, near);
        stage.Scatter("dog", 0, 1, near);
        stage.Scatter("tree", 0, 1, near);
        Backdrop.Balloons(stage, 0.35f);
        Backdrop.Birds(stage, 0.35f);
    }

    private static void Track(Pen pen, float y, float horizon)
    {
        pen.Owner = Backdrop.Owner("railway");
        pen.PlacePage();
        pen.Depth = 0.4f;
        float s = y - horizon;
        pen.Begin().AddPolygon(-0.01f, y - 0.09f * s, 1.01f, y - 0.09f * s, 1.01f, y + 0.14f * s, -0.01f, y + 0.14f * s);
        pen.FillGrain(Tone.Hex(0x8E8478), 0.1f, 0.35f, 120f, 4);
        pen.Begin();
        for (float x = -0.02f; x < 1.02f; x += 0.1f * s)
            pen.AddPolygon(x, y - 0.05f * s, x + 0.045f * s, y - 0.05f * s, x + 0.035f * s, y + 0.1f * s, x - 0.01f * s, y + 0.1f * s);
        pen.Fill(Tone.Hex(0x5B4636), 0.1f);
        pen.Rect(Tone.Hex(0xB9BCC4), 0.1f, -0.01f, y - 0.03f * s, 1.01f, y - 0.012f * s);
        pen.Rect(Tone.Hex(0xB9BCC4), 0.1f, -0.01f, y + 0.05f * s, 1.01f, y + 0.075f * s);
    }

    public static void SnowVillage(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.4f, 0.48f);
        stage.Eye = random.Range(2.9f, 3.6f);
        float h = stage.Horizon;
        Backdrop.Sky(stage);
        if (random.Chance(0.75f))
            Backdrop.Mountains(stage, random.Range(0.18f, 0.3f), h + 0.01f);
        if (random.Chance(0.7f))
            Backdrop.Forest(stage, random.Range(0.07f, 0.11f), h + 0.015f, true, 0.75f);
        Backdrop.Ground(stage, "snow", GroundArt.Snow, h + 0.015f, 0.025f, -60f);
        stage.Scatter("house", 2, 4, new Zone(h + 0.13f, h + 0.28f), random.Pick("cottage", "cottage", "townhouse"), "snowy");
        stage.Scatter("tree", 1, 4, new Zone(h + 0.11f, h + 0.3f), "pine tree", "snowy");
        var near = new Zone(h + 0.26f, 0.97f);
        stage.Scatter("snowman", 0, 2, near);
        stage.Scatter("person", 1, 4, near);
        stage.Scatter("dog", 0, 2, near);
        stage.Scatter("lamp", 0, 2, new Zone(h + 0.2f, 0.8f));
        stage.Scatter("fence", 0, 1, near);
        stage.Scatter("bird", 0, 2, near with { Top = 0.8f });
        stage.Scatter("tree", 0, 1, near with { Bottom = 0.8f }, "pine tree", "snowy");
    }
}
