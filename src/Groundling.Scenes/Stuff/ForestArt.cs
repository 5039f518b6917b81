using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>A wall of distant trees, in two or three rows.</summary>
internal static class ForestArt
{
    public static void Draw(Pen pen, float foot, float height, bool pines, Vector4 colour, float snow, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        int swell = random.Int(200);
        for (int row = 0; row < 3; row++)
        {
            float near = row / 2f;
            pen.Depth = 0.95f - 0.3f * near;
            var leaf = Tone.Mix(colour, Tone.Hex(0x5F8796), 0.42f * (1f - near));
            float x = -0.03f,
                bottom = foot + 0.008f * near;
            while (x < 1.03f)
            {
                float lift = 0.6f + 0.7f * ValueNoise.At(x * 4.5f + row, swell + row);
                float tall = height * lift * random.Range(0.72f, 1.08f) * (1f - 0.28f * near),
                    wide = tall * (pines ? 0.2f : 0.36f);
                var tint = Tone.Scale(leaf, random.Range(0.86f, 1.12f));
                pen.PlacePage();
                pen.Begin();
                if (pines)
                {
                    pen.Move(x, bottom - tall);
                    for (int s = 1; s <= 4; s++)
                        pen.Line(x + wide * s / 4f, bottom - tall * (1f - s / 4.2f))
                            .Line(x + wide * (s / 4f - 0.11f), bottom - tall * (1f - s / 4.2f));
                    pen.Line(x, bottom);
                    for (int s = 4; s >= 1; s--)
                        pen.Line(x - wide * (s / 4f - 0.11f), bottom - tall * (1f - s / 4.2f))
                            .Line(x - wide * s / 4f, bottom - tall * (1f - s / 4.2f));
                    pen.Fill(tint, 0.24f);
                    if (snow > 0f)
                    {
                        pen.Begin()
                            .Move(x, bottom - tall)
                            .Line(x + wide * 0.42f, bottom - tall * 0.62f)
                            .Line(x + wide * 0.1f, bottom - tall * 0.7f)
                            .Line(x - wide * 0.35f, bottom - tall * 0.6f);
                        pen.Fill(Tone.Fade(Tone.Hex(0xF3F6FB), snow), 0.1f);
                    }
                    x += wide * random.Range(0.9f, 1.4f);
                }
                else
                {
                    pen.AddEllipse(x, bottom - tall * 0.62f, wide, tall * 0.38f)
                        .AddEllipse(x - wide * 0.6f, bottom - tall * 0.4f, wide * 0.7f, tall * 0.3f)
                        .AddEllipse(x + wide * 0.6f, bottom - tall * 0.42f, wide * 0.7f, tall * 0.3f)
                        .AddPolygon(x - wide, bottom, x + wide, bottom, x + wide, bottom - tall * 0.3f, x - wide, bottom - tall * 0.3f);
                    float f = 55f / pen.Unit;
                    var paint = new LinearPaint(
                        new Vector2(0f, (bottom - tall) * pen.Unit),
                        new Vector2(0f, bottom * pen.Unit),
                        pen.Lit(tint, 0.2f),
                        pen.Lit(tint, -0.5f)
                    );
                    pen.Fill(new GrainPaint(paint, 0.26f, f, f, swell));
                    x += wide * random.Range(1.1f, 1.6f);
                }
            }
        }
        pen.PlacePage();
        pen.Rect(colour, -0.3f, -0.01f, foot - height * 0.12f, 1.01f, foot + 0.012f);
    }
}
