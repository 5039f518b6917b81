using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

internal static class SkyArt
{
    public static void Draw(Pen pen, float horizon, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        var light = pen.Light;
        pen.PlacePage();
        pen.Depth = 0f;
        float veil = light.Weather == Weather.Clear ? random.Range(0f, 0.5f) : 0.15f;
        pen.Canvas.FillRows(
            0,
            pen.Canvas.Height,
            new SkyPaint(light, pen.Unit, horizon, light.Night ? veil * 0.25f : veil, random.Int(200)),
            owner
        );
        if (!light.Night)
            return;
        pen.Owner = Canvas.Nobody;
        int stars = random.Int(50, 120);
        for (int i = 0; i < stars; i++)
        {
            float y = random.Float() * random.Float() * horizon,
                r = random.Range(0.0012f, 0.0034f);
            pen.Glow(new Vector4(1f, 0.97f, 0.88f, random.Range(0.35f, 1f)), random.Float(), y, r * 1.4f, r * 1.4f);
        }
    }
}
