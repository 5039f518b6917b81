using System.Numerics;
using Groundling.Data;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Draws a stage back to front; every thing with its shadow or its mirror image.</summary>
internal sealed class StagePainter(Stage stage, Canvas canvas)
{
    /// <summary>Owners from here on are things, in the stage's order; below are categories of stuff.</summary>
    public const int FirstThing = 1000;

    private readonly int[] _whole = new int[stage.Things.Count];

    /// <summary>How many pixels a thing had before others hid some.</summary>
    public int WholeArea(int thing) => _whole[thing];

    public void Paint(HashSet<int> skipped)
    {
        canvas.Clear();
        var pen = new Pen(canvas, stage.Light);
        var steps = new List<(float Order, int Index)>();
        for (int i = 0; i < stage.Layers.Count; i++)
            steps.Add((stage.Layers[i].Order, -1 - i));
        for (int i = 0; i < stage.Things.Count; i++)
            if (!skipped.Contains(i))
                steps.Add((stage.Things[i].Order, i));
        foreach (var (_, index) in steps.Select((s, i) => (s, i)).OrderBy(p => p.s.Order).ThenBy(p => p.i).Select(p => p.s))
        {
            if (index < 0)
            {
                pen.Ink = 0f;
                pen.Depth = 0f;
                stage.Layers[-1 - index].Paint(pen);
            }
            else
            {
                Paint(pen, stage.Things[index], index);
            }
        }
        WeatherArt.Draw(pen, stage.WeatherSeed);
    }

    private void Paint(Pen pen, Thing thing, int index)
    {
        pen.Owner = FirstThing + index;
        // However thick the air, a thing's colour stays what its word says.
        pen.Depth = Math.Min(Tone.Clamp01(thing.Depth) * 0.6f, 0.32f / stage.Light.HazeStrength);
        pen.Place(thing.X, thing.Y, thing.Height, thing.Flip);
        bool stands = thing.Footing == Footing.Ground;
        if (stands)
            pen.Glow(
                Tone.Fade(Tone.Mix(stage.Light.Shade, Tone.Hex(0x15161F), 0.6f), 0.42f),
                0f,
                0f,
                Math.Min(thing.Width / thing.Height * 0.62f, 2.8f),
                Math.Min(thing.Width / thing.Height * 0.12f, 0.16f) + 0.02f
            );
        pen.Ink = thing.Category is "sun" or "moon" ? 0f : 0.34f;
        ThingCatalogue.Artist(thing)(pen, thing);
        _whole[index] = Count(thing, pen.Owner);
        if (stands && stage.Light.Shadow > 0f)
            CastShadow(thing, pen.Owner);
        if (thing.Footing == Footing.Water)
            Mirror(thing, pen.Owner);
    }

    private (int Left, int Top, int Right, int Bottom) Box(Thing thing)
    {
        float size = canvas.Width,
            w = thing.Width * 0.75f + 0.02f;
        return (
            Math.Clamp((int)((thing.X - w) * size), 0, canvas.Width),
            Math.Clamp((int)((thing.Y - thing.Height * 1.15f) * size), 0, canvas.Height),
            Math.Clamp((int)((thing.X + w) * size) + 1, 0, canvas.Width),
            Math.Clamp((int)((thing.Y + thing.Height * 0.1f) * size) + 2, 0, canvas.Height)
        );
    }

    private int Count(Thing thing, int owner)
    {
        var (left, top, right, bottom) = Box(thing);
        int count = 0;
        for (int y = top; y < bottom; y++)
            count += canvas.Owners.AsSpan(y * canvas.Width + left, right - left).Count(owner);
        return count;
    }

    // A shadow lies on the ground in front of its thing: the silhouette flattened and sheared away from the light.
    private void CastShadow(Thing thing, int owner)
    {
        var light = stage.Light;
        float flat = light.Source.Y > 0.19f ? 0.55f : 0.36f,
            size = canvas.Width,
            foot = thing.Y * size,
            tall = thing.Height * size;
        int bottom = Math.Min(canvas.Height, (int)(foot + tall * flat) + 2);
        float reach = tall * Math.Abs(light.Shear),
            half = thing.Width * size * 0.75f;
        int left = Math.Clamp((int)(thing.X * size - half - reach), 0, canvas.Width),
            right = Math.Clamp((int)(thing.X * size + half + reach), 0, canvas.Width);
        for (int y = Math.Max(0, (int)foot - 1); y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                int at = y * canvas.Width + x,
                    under = canvas.Owners[at];
                if (under >= FirstThing || under < 106 || under is >= 113 and <= 116)
                    continue;
                int hits = 0;
                for (int s = 0; s < 4; s++)
                {
                    float dy = Math.Max(y + 0.25f + 0.5f * (s >> 1) - foot, 0f),
                        up = dy / flat;
                    int sy = (int)(foot - up - 1f),
                        sx = (int)MathF.Floor(x + 0.25f + 0.5f * (s & 1) - light.Shear * up);
                    if (sy >= 0 && sx >= 0 && sx < canvas.Width && canvas.Owners[sy * canvas.Width + sx] == owner)
                        hits++;
                }
                if (hits == 0)
                    continue;
                float fade = 1f - 0.55f * Tone.Clamp01((y - foot) / (tall * flat + 1f));
                var c = canvas.Pixels[at];
                canvas.Pixels[at] = Tone.Mix(
                    c,
                    new Vector4(c.X * light.Shade.X, c.Y * light.Shade.Y, c.Z * light.Shade.Z, 1f),
                    light.Shadow * 1.5f * fade * hits * 0.25f
                );
            }
        }
    }

    private void Mirror(Thing thing, int owner)
    {
        float size = canvas.Width;
        int foot = (int)(thing.Y * size),
            tall = (int)(thing.Height * size * 0.8f),
            noise = (int)(thing.Seed & 127);
        var (left, _, right, _) = Box(thing);
        int bottom = Math.Min(canvas.Height, foot + tall);
        for (int y = Math.Max(foot, 1); y < bottom; y++)
        {
            float t = (y - foot) / (float)Math.Max(tall, 1);
            for (int x = left; x < right; x++)
            {
                int at = y * canvas.Width + x;
                if (canvas.Owners[at] is < 113 or > 115)
                    continue;
                float wave = ValueNoise.At(x * 9f / size, y * 110f / size, noise) - 0.5f;
                int sx = x + (int)MathF.Floor(wave * size * (0.012f + 0.03f * t) + 0.5f),
                    sy = 2 * foot - y - 1 + (int)(wave * size * 0.015f);
                if (sx < 0 || sx >= canvas.Width || sy < 0 || sy >= canvas.Height || canvas.Owners[sy * canvas.Width + sx] != owner)
                    continue;
                canvas.Pixels[at] = Tone.Mix(canvas.Pixels[at], Tone.Scale(canvas.Pixels[sy * canvas.Width + sx], 0.82f), 0.55f * (1f - t));
            }
        }
    }
}
