using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Worlds;

/// <summary>Rain and snow in the air, in front of everything; they own no pixels.</summary>
internal static class WeatherArt
{
    public static void Draw(Pen pen, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = Canvas.Nobody;
        pen.Ink = 0f;
        pen.Depth = 0f;
        pen.PlacePage();
        if (pen.Light.Weather == Weather.Rain)
        {
            for (int layer = 0; layer < 3; layer++)
            {
                pen.Begin();
                float length = 0.025f + 0.018f * layer;
                for (int i = 0; i < 55; i++)
                {
                    float x = random.Range(-0.1f, 1.1f),
                        y = random.Range(-0.05f, 1f),
                        k = length * random.Range(0.7f, 1.2f);
                    float w = 0.0011f + 0.0005f * layer;
                    pen.AddPolygon(x - w, y, x + w, y, x + w - k * 0.22f, y + k, x - w - k * 0.22f, y + k);
                }
                pen.FillGlow(new Vector4(0.93f, 0.95f, 0.98f, 0.2f + 0.07f * layer));
            }
        }
        else if (pen.Light.Weather == Weather.Snow)
        {
            for (int i = 0; i < 150; i++)
            {
                float near = random.Float(),
                    r = 0.0025f + 0.0055f * near * near;
                pen.Glow(new Vector4(1f, 1f, 1f, 0.55f + 0.4f * near), random.Float(), random.Float(), r * 1.5f, r * 1.5f);
            }
        }
    }
}
