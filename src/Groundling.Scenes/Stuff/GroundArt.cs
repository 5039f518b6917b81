using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Level land: grass, sand, snow, fields, and water.</summary>
internal static class GroundArt
{
    public static GroundLook Grass(SceneRandom random, bool autumn)
    {
        var near = random.Pick(0x5E8F3A, 0x6C9A3E, 0x4F8A45, 0x7A9A42);
        return new GroundLook(
            Tone.Hex(autumn ? 0xB3AE62 : 0x9DBB6A),
            Tone.Hex(autumn ? 0x8F8A3C : near),
            Tone.Hex(autumn ? 0xA87F3C : 0xA9B95A),
            0.45f,
            0.26f,
            0.5f
        );
    }

    public static readonly GroundLook Sand = new(Tone.Hex(0xEBD9AE), Tone.Hex(0xE0BF85), Tone.Hex(0xC9A36B), 0.4f, 0.1f, 1.5f);

    public static readonly GroundLook Snow = new(Tone.Hex(0xDCE6F2), Tone.Hex(0xF4F7FB), Tone.Hex(0xBACBE3), 0.5f, 0.05f, 2f);

    public static readonly GroundLook Pavement = new(Tone.Hex(0xC3BAB0), Tone.Hex(0xB5A99C), Tone.Hex(0x9D958C), 0.3f, 0.09f, 1f);

    public static readonly GroundLook Asphalt = new(Tone.Hex(0x74767C), Tone.Hex(0x5C5E66), Tone.Hex(0x4E5058), 0.4f, 0.09f, 3f);

    public static readonly GroundLook Earth = new(Tone.Hex(0xC7A877), Tone.Hex(0xA87F52), Tone.Hex(0x8D6941), 0.4f, 0.16f, 1f);

    public static readonly GroundLook Wheat = new(Tone.Hex(0xE6CE83), Tone.Hex(0xD9B14C), Tone.Hex(0xB98C36), 0.4f, 0.3f, 0.35f);

    /// <summary>Ground from an edge down to the picture's foot.</summary>
    public static void Draw(Pen pen, GroundLook look, float[] edge, float horizon, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        Ridge.Begin(pen, edge, 1.02f);
        pen.Fill(new GroundPaint(look, pen.Light, pen.Unit, horizon, random.Int(200)));
    }

    /// <summary>Ground between two edges, the lower one nearer.</summary>
    public static void Band(Pen pen, GroundLook look, float top, float bottom, float horizon, int owner, ulong seed)
    {
        pen.Owner = owner;
        pen.PlacePage();
        pen.Begin().AddPolygon(-0.01f, top, 1.01f, top, 1.01f, bottom, -0.01f, bottom);
        pen.Fill(new GroundPaint(look, pen.Light, pen.Unit, horizon, new SceneRandom(seed).Int(200)));
    }

    /// <summary>Tufts of blades and, if asked, flowers, larger towards the viewer.</summary>
    public static void Tufts(Pen pen, float top, float horizon, Vector4 blade, int count, bool flowers, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        pen.PlacePage();
        var bloom = Tone.Hex(random.Pick(0xF4E6A0, 0xF7F3EA, 0xE9A7C0, 0xE9C14C, 0xB59ADB));
        for (int i = 0; i < count; i++)
        {
            float y = top + (1f - top) * MathF.Sqrt((i + random.Float()) / count),
                x = random.Float();
            float s = 0.06f * (y - horizon) * random.Range(0.6f, 1.3f);
            pen.Depth = 0.3f * (1f - (y - horizon) / (1f - horizon));
            pen.Begin();
            for (int b = -2; b <= 2; b++)
            {
                float lean = b * 0.28f * s + random.Spread(0.2f * s);
                pen.AddPolygon(
                    x + b * s * 0.16f - s * 0.07f,
                    y,
                    x + b * s * 0.16f + s * 0.07f,
                    y,
                    x + b * s * 0.16f + lean,
                    y - s * random.Range(0.7f, 1.1f)
                );
            }
            pen.Fill(Tone.Fade(Tone.Scale(blade, random.Range(0.82f, 1.15f)), 0.8f), 0.2f);
            if (flowers && random.Chance(0.5f))
            {
                pen.Begin();
                int n = random.Int(1, 4);
                for (int k = 0; k < n; k++)
                    pen.AddEllipse(x + random.Spread(s * 0.8f), y - s * random.Range(0.5f, 1.2f), s * 0.16f, s * 0.15f);
                pen.Fill(bloom, 0.15f);
            }
        }
        pen.Depth = 0f;
    }

    /// <summary>Specks on the ground: pebbles and shells.</summary>
    public static void Specks(Pen pen, float top, float horizon, Vector4 colour, int count, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        pen.PlacePage();
        for (int i = 0; i < count; i++)
        {
            float y = top + (1f - top) * random.Float(),
                s = 0.016f * (y - horizon) * random.Range(0.5f, 1.4f);
            pen.Ellipse(Tone.Scale(colour, random.Range(0.85f, 1.1f)), 0.3f, random.Float(), y, s * 1.4f, s * 0.8f);
        }
    }

    /// <summary>Rows of a crop or of ploughing, running to the vanishing point.</summary>
    public static void Furrows(Pen pen, float top, float bottom, float horizon, float vanish, Vector4 colour, int owner)
    {
        pen.Owner = owner;
        pen.PlacePage();
        pen.Begin();
        for (int i = -22; i <= 22; i++)
        {
            float a = vanish + (i * 0.16f) * (top - horizon) * 2.4f,
                b = vanish + (i * 0.16f) * (bottom - horizon) * 2.4f;
            float wa = 0.06f * (top - horizon),
                wb = 0.06f * (bottom - horizon);
            pen.AddPolygon(a - wa, top, a + wa, top, b + wb, bottom, b - wb, bottom);
        }
        pen.Fill(Tone.Fade(colour, 0.42f), 0.1f);
    }

    /// <summary>Water from an edge down to another line, mirroring what stands above it.</summary>
    public static void Water(Pen pen, float[] top, float bottom, float horizon, Vector4 near, float calm, int owner, ulong seed)
    {
        pen.Owner = owner;
        Ridge.Begin(pen, top, bottom);
        var light = pen.Light;
        var far = Tone.Mix(light.Sky[^1], light.Sky[0], 0.25f);
        float line = 0f;
        foreach (float y in top)
            line = Math.Max(line, y);
        pen.Fill(new WaterPaint(pen.Canvas, light, far, light.On(near, 0f, 0f), horizon, line, calm, new SceneRandom(seed).Int(200)));
    }

    /// <summary>A line of foam where water meets land.</summary>
    public static void Foam(Pen pen, float[] edge, float width, int owner)
    {
        pen.PlacePage();
        pen.Owner = owner;
        pen.Begin().Move(-0.01f, edge[0] - width);
        int step = Math.Max(1, edge.Length / 256);
        for (int i = 0; i < edge.Length; i += step)
            pen.Line((i + 0.5f) / edge.Length, edge[i] - width * (0.4f + 0.9f * ValueNoise.At(i * 26f / edge.Length, 7)));
        pen.Line(1.01f, edge[^1]);
        for (int i = edge.Length - 1; i >= 0; i -= step)
            pen.Line((i + 0.5f) / edge.Length, edge[i] + width * 0.35f);
        pen.Fill(Tone.Fade(Tone.Hex(0xFBFBF6), 0.85f), 0f);
    }
}
