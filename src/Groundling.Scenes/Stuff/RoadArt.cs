using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>Roads and pavements across the picture.</summary>
internal static class RoadArt
{
    public static void Road(Pen pen, float top, float bottom, float horizon, int owner, ulong seed)
    {
        GroundArt.Band(pen, GroundArt.Asphalt, top, bottom, horizon, owner, seed);
        var random = new SceneRandom(seed + 1);
        float middle = horizon + (top - horizon) * 0.5f + (bottom - horizon) * 0.5f - (bottom - top) * 0.06f;
        float dash = 0.11f,
            x = -random.Float() * dash,
            thick = (bottom - top) * 0.022f;
        pen.PlacePage();
        pen.Begin();
        for (; x < 1f; x += dash * 1.8f)
            pen.AddPolygon(x, middle - thick, x + dash, middle - thick, x + dash * 0.97f, middle + thick, x - dash * 0.03f, middle + thick);
        pen.Fill(Tone.Fade(Tone.Hex(0xF0EADB), 0.85f), 0f);
        pen.Rect(
            Tone.Fade(Tone.Hex(0xE9E2D2), 0.55f),
            0f,
            -0.01f,
            bottom - (bottom - top) * 0.07f,
            1.01f,
            bottom - (bottom - top) * 0.045f
        );
        pen.Rect(Tone.Fade(Tone.Hex(0x33343A), 0.35f), 0f, -0.01f, top, 1.01f, top + (bottom - top) * 0.04f);
    }

    /// <summary>Slabs with joints running to the vanishing point, and a kerb at the near edge.</summary>
    public static void Pavement(Pen pen, float top, float bottom, float horizon, int owner, ulong seed)
    {
        GroundArt.Band(pen, GroundArt.Pavement, top, bottom, horizon, owner, seed);
        float vanish = 0.5f + new SceneRandom(seed).Spread(0.2f);
        pen.PlacePage();
        pen.Begin();
        for (int i = -26; i <= 26; i++)
        {
            float a = vanish + i * 0.11f * (top - horizon) * 4f,
                b = vanish + i * 0.11f * (bottom - horizon) * 4f,
                w = 0.0012f;
            pen.AddPolygon(a - w, top, a + w, top, b + w, bottom, b - w, bottom);
        }
        int rows = 4;
        for (int j = 1; j < rows; j++)
        {
            // Equal steps in depth: 1 / (y - horizon) is linear.
            float t = 1f / (1f / (top - horizon) + (1f / (bottom - horizon) - 1f / (top - horizon)) * j / rows) + horizon;
            pen.AddPolygon(-0.01f, t - 0.001f, 1.01f, t - 0.001f, 1.01f, t + 0.001f, -0.01f, t + 0.001f);
        }
        pen.Fill(Tone.Fade(Tone.Hex(0x6E655C), 0.38f), 0f);
        if (bottom < 0.99f)
        {
            float kerb = 0.05f * (bottom - horizon);
            pen.Rect(Tone.Hex(0xD8D0C4), 0.05f, -0.01f, bottom - kerb, 1.01f, bottom - kerb * 0.5f);
            pen.Rect(Tone.Hex(0x8C857C), 0f, -0.01f, bottom - kerb * 0.5f, 1.01f, bottom);
        }
    }
}
