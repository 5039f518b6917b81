using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>A city's buildings behind everything that matters, in two rows.</summary>
internal static class SkylineArt
{
    public static void Draw(Pen pen, float foot, float height, int owner, ulong seed)
    {
        var random = new SceneRandom(seed);
        pen.Owner = owner;
        for (int row = 0; row < 2; row++)
        {
            pen.Depth = row == 0 ? 1f : 0.55f;
            float x = random.Range(-0.1f, 0f);
            while (x < 1f)
            {
                float width = random.Range(0.07f, 0.15f),
                    tall = height * random.Range(0.45f, 1f) * (row == 0 ? 1f : 0.7f);
                Tower(pen, random, x, foot, width, tall, row);
                x += width + (row == 0 ? random.Range(-0.005f, 0.02f) : random.Range(-0.01f, 0.06f));
            }
        }
    }

    private static void Tower(Pen pen, SceneRandom random, float x, float foot, float width, float tall, int row)
    {
        pen.PlacePage();
        var wall = Tone.Hex(random.Pick(0xA9A1A6, 0x8B94A6, 0xB8A08C, 0x8F8792, 0x9AA8B4, 0xAE8577));
        if (pen.Light.Night)
            wall = Tone.Scale(wall, 0.55f);
        float side = width * 0.24f,
            top = foot - tall;
        bool sideRight = pen.Light.Direction.X < 0f;
        pen.Begin().AddPolygon(x, top, x + width, top, x + width, foot, x, foot);
        pen.FillVertical(Tone.Scale(wall, 1.06f), Tone.Scale(wall, 0.84f));
        float sx = sideRight ? x + width - side : x;
        pen.Rect(Tone.Fade(Tone.Hex(0x2A3148), 0.28f), 0f, sx, top, sx + side, foot);
        pen.Rect(Tone.Scale(wall, 0.75f), 0f, x - 0.003f, top - 0.006f, x + width + 0.003f, top);
        if (random.Chance(0.35f))
            pen.Rect(Tone.Scale(wall, 0.8f), 0.1f, x + width * 0.35f, top - 0.022f, x + width * 0.6f, top - 0.006f);
        float step = 0.0185f,
            pane = 0.0085f;
        int columns = Math.Max(2, (int)(width / step)),
            rows = Math.Max(2, (int)(tall / 0.026f));
        float gap = width / columns;
        var dark = Tone.Hex(0x4A5870);
        var lit = Tone.Hex(0xFFD98A);
        bool lamps = pen.Light.LampsLit;
        for (int pass = 0; pass < (lamps ? 2 : 1); pass++)
        {
            var choose = new SceneRandom(random.Next());
            bool any = false;
            pen.Begin();
            for (int j = 0; j < rows; j++)
            for (int i = 0; i < columns; i++)
            {
                bool on = (ValueNoise.At(i * 7.31f + x * 90f, j * 5.17f, row + 11) > 0.56f) && lamps;
                if (on != (pass == 1))
                    continue;
                float wx = x + (i + 0.5f) * gap - pane * 0.5f,
                    wy = top + 0.012f + j * 0.026f;
                if (wy + 0.014f > foot)
                    continue;
                pen.AddPolygon(wx, wy, wx + pane, wy, wx + pane, wy + 0.013f, wx, wy + 0.013f);
                any = true;
            }
            if (!any)
                continue;
            if (pass == 1)
                pen.FillGlow(Tone.Mix(lit, pen.Light.Haze, 0.25f * pen.Depth));
            else
                pen.Fill(Tone.Fade(Tone.Mix(dark, choose.Chance(0.5f) ? Tone.Hex(0x9CC0DA) : dark, 0.4f), 0.85f), 0.1f);
        }
    }
}
