using System.Numerics;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Stuff;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Layers that many worlds share.</summary>
internal static class Backdrop
{
    public static int Owner(string category) => SceneCategories.Named(category).Id;

    /// <summary>Sky, its light, and clouds.</summary>
    public static void Sky(Stage stage)
    {
        var random = stage.Random;
        float horizon = stage.Horizon;
        ulong seed = random.Next(),
            clouds = random.Next();
        stage.Layer(-100f, pen => SkyArt.Draw(pen, horizon, Owner("sky"), seed));
        var light = stage.Light;
        if (light.SourceVisible)
        {
            float size = light.Night ? random.Range(0.075f, 0.11f) : random.Range(0.07f, 0.12f);
            stage.Put(light.Night ? "moon" : "sun", light.Source.X, light.Source.Y + size * 0.5f, size, Footing.Air, 0f, -99f);
        }
        int count = light.Weather switch
        {
            Weather.Cloudy => random.Int(4, 6),
            Weather.Rain => random.Int(5, 7),
            Weather.Snow => random.Int(2, 4),
            Weather.Fog => 0,
            _ => random.Chance(0.55f) ? random.Int(1, 3) : 0,
        };
        if (count > 0)
            stage.Layer(-98f, pen => CloudArt.Draw(pen, horizon, count, Owner("cloud"), clouds));
    }

    public static void Mountains(Stage stage, float height, float foot)
    {
        var random = stage.Random;
        ulong seed = random.Next();
        int ranges = random.Int(2, 3);
        float snow = random.Pick(0f, 0.25f, 0.4f, 0.5f);
        var rock = Tone.Hex(random.Pick(0x7C7F8E, 0x8B7B72, 0x6E7A80));
        stage.Layer(-90f, pen => MountainArt.Draw(pen, foot, height, ranges, snow, rock, Owner("mountain"), seed));
    }

    public static void Hills(Stage stage, float height, float foot)
    {
        var random = stage.Random;
        ulong seed = random.Next();
        int ranges = random.Int(2, 3);
        var colour = Tone.Hex(stage.Autumn ? random.Pick(0xA98B45, 0xB0793C) : random.Pick(0x7FA653, 0x6B9A5B, 0x8DAA58));
        stage.Layer(-85f, pen => HillArt.Draw(pen, foot, height, ranges, colour, Owner("hill"), seed));
    }

    public static void Forest(Stage stage, float height, float foot, bool pines, float snow)
    {
        var random = stage.Random;
        ulong seed = random.Next();
        var colour = Tone.Hex(
            pines ? random.Pick(0x2F5B4A, 0x37614A, 0x2A5250)
            : stage.Autumn ? random.Pick(0xB5702F, 0xC08A38, 0x96602F)
            : random.Pick(0x4C7E3F, 0x5A8A45, 0x3F7448)
        );
        stage.Layer(-80f, pen => ForestArt.Draw(pen, foot, height, pines, colour, snow, Owner("forest"), seed));
    }

    public static void Skyline(Stage stage, float height, float foot)
    {
        ulong seed = stage.Random.Next();
        stage.Layer(-82f, pen => SkylineArt.Draw(pen, foot, height, Owner("building"), seed));
    }

    /// <summary>Ground from a gently waving edge to the picture's foot.</summary>
    public static void Ground(Stage stage, string category, GroundLook look, float top, float wave, float order)
    {
        ulong seed = stage.Random.Next();
        int noise = stage.Random.Int(200);
        float frequency = stage.Random.Range(1.2f, 2.4f),
            horizon = stage.Horizon;
        stage.Layer(
            order,
            pen =>
                GroundArt.Draw(
                    pen,
                    look,
                    Ridge.Waves(pen.Canvas.Width, top + wave * 0.5f, wave, frequency, noise),
                    horizon,
                    Owner(category),
                    seed
                )
        );
    }

    public static void Grass(Stage stage, float top, float wave, float order, int tufts = 110)
    {
        var look = GroundArt.Grass(stage.Random, stage.Autumn);
        Ground(stage, "grass", look, top, wave, order);
        Tufts(stage, look, top + wave, order + 0.5f, tufts);
    }

    private static void Tufts(Stage stage, GroundLook look, float top, float order, int count)
    {
        ulong seed = stage.Random.Next();
        float horizon = stage.Horizon;
        bool flowers = stage.Random.Chance(0.6f);
        var blade = Tone.Mix(look.Near, Tone.Hex(0x2F5A2B), 0.35f);
        stage.Layer(order, pen => GroundArt.Tufts(pen, top + 0.01f, horizon, blade, count, flowers, Owner("grass"), seed));
    }

    public static void Water(Stage stage, string category, float top, float wave, float bottom, float calm, float order)
    {
        ulong seed = stage.Random.Next();
        int noise = stage.Random.Int(200);
        float horizon = stage.Horizon;
        var near = Tone.Hex(stage.Random.Pick(0x2C6E8F, 0x2F7F93, 0x2A6490, 0x3A7F86));
        stage.Layer(
            order,
            pen =>
                GroundArt.Water(
                    pen,
                    Ridge.Waves(pen.Canvas.Width, top + wave * 0.5f, wave, 2.3f, noise),
                    bottom,
                    horizon,
                    near,
                    calm,
                    Owner(category),
                    seed
                )
        );
    }

    public static void Birds(Stage stage, float chance)
    {
        if (stage.Random.Chance(chance))
        {
            int count = stage.Random.Int(1, 4);
            float size = stage.Random.Range(0.055f, 0.085f);
            for (int i = 0; i < count; i++)
                stage.Fly("bird", 0.04f, Math.Max(stage.Horizon - 0.06f, 0.2f), size * 0.85f, size * 1.3f, 0.25f, "flying");
        }
    }

    public static void Balloons(Stage stage, float chance)
    {
        if (stage.Light.Weather is Weather.Rain or Weather.Snow || !stage.Random.Chance(chance))
            return;
        int count = stage.Random.Int(1, 4);
        for (int i = 0; i < count; i++)
            stage.Fly("balloon", 0.02f, stage.Horizon - 0.02f, 0.12f, 0.3f, 0.5f);
    }
}
