using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

internal static class HillArt
{
    /// <summary>Rolling hills with hedges and specks of trees, the far ones paler.</summary>
    public static void Draw(Pen pen, float foot, float height, int ranges, Vector4 colour, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        for (int i = 0; i < ranges; i++)
        {
            float near = ranges == 1 ? 1f : i / (ranges - 1f);
            pen.Owner = owner;
            pen.Depth = 1.1f - 0.45f * near;
            float tall = height * (1f - 0.5f * near);
            var edge = Ridge.Waves(pen.Canvas.Width, foot - tall * 0.15f, tall, random.Range(2.2f, 4.2f), random.Int(200));
            var ground = Tone.Mix(Tone.Scale(colour, random.Range(0.88f, 1.06f)), Tone.Hex(0x7BA0B0), 0.42f * (1f - near));
            Ridge.Begin(pen, edge, foot + 0.02f);
            float f = 26f / pen.Unit;
            var vertical = new LinearPaint(
                new Vector2(0f, (foot - tall) * pen.Unit),
                new Vector2(0f, foot * pen.Unit),
                pen.Lit(ground, 0.22f),
                pen.Lit(ground, -0.22f)
            );
            pen.Fill(new GrainPaint(vertical, 0.13f, f * 0.6f, f * 2f, random.Int(200)));
            int hedges = random.Int(6, 14);
            for (int k = 0; k < hedges; k++)
            {
                float x = random.Float(),
                    t = random.Float(),
                    y = edge[(int)(x * (edge.Length - 1))] + t * tall * 0.5f;
                float r = random.Range(0.006f, 0.013f) * (0.7f + 0.5f * near);
                pen.Begin();
                int n = random.Int(1, 4);
                for (int m = 0; m < n; m++)
                    pen.AddEllipse(x + m * r * 1.3f, y - r * 0.5f, r, r * random.Range(0.8f, 1.3f));
                pen.Fill(Tone.Mix(ground, Tone.Hex(0x2E5440), 0.55f), 0.22f);
            }
        }
    }
}
