using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

internal static class MountainArt
{
    /// <summary>Ranges one behind another, the far ones paler.</summary>
    public static void Draw(Pen pen, float foot, float height, int ranges, float snow, Vector4 rock, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        var light = pen.Light;
        for (int i = 0; i < ranges; i++)
        {
            float near = ranges == 1 ? 1f : i / (ranges - 1f),
                depth = 1.25f - 0.65f * near;
            pen.Depth = Math.Min(depth, 1.2f);
            float tall = height * (1f - 0.42f * near) * random.Range(0.85f, 1.05f);
            int noise = random.Int(200);
            var edge = Ridge.Peaks(pen.Canvas.Width, foot, tall, random.Range(1.8f, 3f) + near, noise);
            Ridge.Begin(pen, edge, foot + 0.02f);
            float extra = (light.Night ? 0.16f : 0.28f) * (1f - near);
            Vector4 Air(Vector4 c) => Tone.Mix(c, light.Haze, extra);
            var stone = Tone.Mix(rock, Tone.Hex(0x6B7FA3), 0.25f + 0.3f * (1f - near));
            pen.Fill(
                new MountainPaint(
                    edge,
                    pen.Unit,
                    foot,
                    snow * tall * (1.25f - 0.85f * near),
                    Air(pen.Lit(stone, 0.16f)),
                    Air(pen.Lit(stone, -0.55f)),
                    Air(pen.Lit(Tone.Hex(0xF7F8FB), 0.1f)),
                    Air(pen.Lit(Tone.Hex(0xB9C6DF), -0.15f)),
                    Air(light.Haze),
                    light.Direction.X,
                    noise
                )
            );
        }
    }
}
