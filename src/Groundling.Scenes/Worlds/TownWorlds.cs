using Groundling.Scenes.Drawing;
using Groundling.Scenes.Stuff;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Street, park and city.</summary>
internal static class TownWorlds
{
    public static void Street(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.4f, 0.47f);
        stage.Eye = random.Range(2.9f, 3.4f);
        float h = stage.Horizon,
            walk = h + 0.16f,
            road = walk + random.Range(0.07f, 0.1f),
            end = road + random.Range(0.2f, 0.25f);
        Backdrop.Sky(stage);
        if (random.Chance(0.6f))
            Backdrop.Hills(stage, random.Range(0.06f, 0.12f), h + 0.01f);
        else
            Backdrop.Skyline(stage, random.Range(0.16f, 0.26f), h + 0.01f);
        Backdrop.Grass(stage, h + 0.005f, 0f, -70f, 30);
        Ways(stage, walk, road, end);
        float x = random.Range(0.02f, 0.12f),
            y = walk - 0.004f;
        while (x < 0.98f)
        {
            if (random.Chance(0.8f))
            {
                float height = 6.4f * random.Range(0.9f, 1.12f) * (y - h) / stage.Eye;
                stage.Put(
                    "house",
                    x + height * 0.33f,
                    y,
                    height,
                    Footing.Ground,
                    0.62f,
                    y - 0.01f + x * 0.001f,
                    "",
                    random.Pick("townhouse", "townhouse", "cottage")
                );
                x += height * random.Range(0.75f, 0.95f);
            }
            else
            {
                stage.Put("tree", x + 0.08f, y, random.Range(0.24f, 0.32f), Footing.Ground, 0.6f, y - 0.01f);
                x += 0.17f;
            }
        }
        Traffic(stage, walk, road, end);
        Backdrop.Birds(stage, 0.25f);
    }

    public static void City(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.42f, 0.5f);
        stage.Eye = random.Range(2.8f, 3.3f);
        float h = stage.Horizon,
            walk = h + 0.1f,
            road = walk + random.Range(0.08f, 0.1f),
            end = road + random.Range(0.22f, 0.27f);
        Backdrop.Sky(stage);
        Backdrop.Skyline(stage, random.Range(0.28f, 0.4f), h + 0.1f);
        Ways(stage, walk, road, end);
        stage.Scatter("tree", 0, 3, new Zone(walk + 0.01f, walk + 0.04f));
        Traffic(stage, walk, road, end);
        Backdrop.Birds(stage, 0.15f);
    }

    private static void Ways(Stage stage, float walk, float road, float end)
    {
        ulong a = stage.Random.Next(),
            b = stage.Random.Next(),
            c = stage.Random.Next();
        float h = stage.Horizon;
        stage.Layer(-60f, pen => RoadArt.Pavement(pen, walk - 0.01f, road, h, Backdrop.Owner("pavement"), a));
        stage.Layer(-59f, pen => RoadArt.Road(pen, road, end, h, Backdrop.Owner("road"), b));
        bool grass = stage.Random.Chance(0.4f);
        if (grass)
            Backdrop.Grass(stage, end - 0.005f, 0f, -58f, 40);
        else
            stage.Layer(-58f, pen => RoadArt.Pavement(pen, end, 1.02f, h, Backdrop.Owner("pavement"), c));
    }

    private static void Traffic(Stage stage, float walk, float road, float end)
    {
        var random = stage.Random;
        var lanes = new Zone(road + 0.05f, end - 0.03f);
        if (random.Chance(0.45f))
            stage.Place(random.Pick("bus", "truck"), lanes with { Bottom = road + 0.1f }, "", "moving");
        stage.Scatter("car", 1, 3, lanes, "", "parked");
        stage.Scatter("bicycle", 0, 1, lanes);
        stage.Scatter("lamp", 0, 3, new Zone(road - 0.02f, road - 0.005f));
        stage.Scatter("person", 0, 2, new Zone(walk + 0.02f, road - 0.006f));
        var near = new Zone(end + 0.05f, 0.98f);
        int before = stage.Things.Count;
        stage.Scatter("person", 1, 3, near);
        if (stage.Light.Weather == Weather.Rain)
            for (int i = stage.Things.Count - 1; i >= before; i--)
                Shelter(stage, stage.Things[i]);
        stage.Scatter("dog", 0, 2, near);
        stage.Scatter("cat", 0, 1, near);
        stage.Scatter("bench", 0, 1, near);
        stage.Scatter("bicycle", 0, 2, near);
        stage.Scatter("bird", 0, 2, near);
    }

    /// <summary>An umbrella over a person.</summary>
    public static void Shelter(Stage stage, Thing person)
    {
        if (person.Category != "person" || person.Pose == "sitting" || !stage.Random.Chance(0.75f))
            return;
        person.Pose = "holding";
        float side = person.Flip ? -1f : 1f,
            size = person.Height * (person.Kind == "child" ? 0.85f : 0.72f),
            hand = person.Kind == "child" ? 0.56f : 0.65f;
        stage.Put(
            "umbrella",
            person.X + side * person.Height * 0.2f,
            person.Y - person.Height * hand,
            size,
            Footing.Held,
            person.Depth,
            person.Order - 0.0005f
        );
    }

    public static void Park(Stage stage)
    {
        var random = stage.Random;
        stage.Horizon = random.Range(0.36f, 0.44f);
        stage.Eye = random.Range(2.8f, 3.4f);
        float h = stage.Horizon,
            top = h + random.Range(0.16f, 0.22f),
            bottom = top + random.Range(0.08f, 0.12f);
        Backdrop.Sky(stage);
        if (random.Chance(0.55f))
            Backdrop.Skyline(stage, random.Range(0.18f, 0.3f), h + 0.02f);
        if (random.Chance(0.75f))
            Backdrop.Forest(stage, random.Range(0.07f, 0.12f), h + 0.025f, false, 0f);
        Backdrop.Grass(stage, h + 0.02f, 0.02f, -60f);
        ulong seed = random.Next();
        int noise = random.Int(200);
        bool pond = random.Chance(0.35f);
        if (pond)
        {
            float cx = random.Range(0.3f, 0.7f),
                reach = random.Range(0.24f, 0.34f);
            var tone = Tone.Hex(0x3A7F86);
            stage.Layer(-50f, pen => Pond(pen, cx, (top + bottom) * 0.5f, reach, (bottom - top) * 0.55f, h, tone, seed));
        }
        else
        {
            stage.Layer(-50f, pen => Path(pen, top, bottom, h, noise, seed));
        }
        stage.Scatter("tree", 1, 4, new Zone(h + 0.11f, top - 0.01f));
        var walk = pond ? new Zone(bottom + 0.03f, bottom + 0.1f) : new Zone(top + 0.03f, bottom + 0.03f);
        stage.Scatter("bench", 0, 2, walk);
        stage.Scatter("lamp", 0, 2, walk);
        stage.Scatter("bicycle", 0, 2, walk);
        var near = new Zone(bottom + 0.06f, 0.97f);
        stage.Scatter("person", 1, 4, near);
        stage.Scatter("person", 0, 1, near, "", "sitting");
        if (stage.Light.Weather == Weather.Rain)
            for (int i = stage.Things.Count - 1; i >= 0; i--)
                Shelter(stage, stage.Things[i]);
        stage.Scatter("dog", 0, 2, near);
        stage.Scatter("ball", 0, 3, near with { Top = bottom + 0.14f });
        stage.Scatter("cat", 0, 1, near);
        stage.Scatter("bird", 0, 3, near with { Top = bottom + 0.14f });
        if (random.Chance(0.35f))
            stage.Fly("kite", 0.03f, h, 0.13f, 0.22f, 0.1f);
        else
            Backdrop.Balloons(stage, 0.3f);
    }

    private static void Path(Pen pen, float top, float bottom, float horizon, int noise, ulong seed)
    {
        int n = 96;
        pen.Owner = Backdrop.Owner("path");
        pen.PlacePage();
        pen.Begin();
        for (int i = 0; i <= n; i++)
        {
            float x = i / (float)n * 1.04f - 0.02f,
                y = top + 0.05f * (ValueNoise.At(x * 1.6f, noise) - 0.5f);
            if (i == 0)
                pen.Move(x, y);
            else
                pen.Line(x, y);
        }
        for (int i = n; i >= 0; i--)
        {
            float x = i / (float)n * 1.04f - 0.02f;
            pen.Line(x, bottom + 0.06f * (ValueNoise.At(x * 1.6f, noise) - 0.5f));
        }
        pen.Fill(
            new GroundPaint(
                GroundArt.Earth with
                {
                    Near = Tone.Hex(0xC9AC7E),
                    Far = Tone.Hex(0xD6BE94),
                },
                pen.Light,
                pen.Unit,
                horizon,
                new SceneRandom(seed).Int(200)
            )
        );
    }

    private static void Pond(Pen pen, float x, float y, float rx, float ry, float horizon, System.Numerics.Vector4 tone, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.PlacePage();
        pen.Owner = Backdrop.Owner("grass");
        pen.Begin().AddEllipse(x, y + 0.004f, rx + 0.012f, ry + 0.012f);
        pen.Fill(Tone.Hex(0x6E6A44), 0.1f);
        pen.Owner = Backdrop.Owner("lake");
        pen.Begin().AddEllipse(x, y, rx, ry);
        var light = pen.Light;
        pen.Fill(
            new WaterPaint(
                pen.Canvas,
                light,
                Tone.Mix(light.Sky[^1], light.Sky[0], 0.3f),
                light.On(tone, 0f, 0f),
                horizon,
                y - ry,
                0.7f,
                random.Int(200)
            )
        );
    }
}
