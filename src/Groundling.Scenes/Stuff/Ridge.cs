using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Stuff;

/// <summary>A skyline of land: the height of its edge over every pixel column, y down, in unit space.</summary>
internal static class Ridge
{
    /// <summary>Sharp peaks, as of mountains.</summary>
    public static float[] Peaks(int columns, float foot, float height, float frequency, int seed)
    {
        var edge = new float[columns];
        for (int i = 0; i < columns; i++)
        {
            float x = (i + 0.5f) / columns,
                sum = 0f,
                weight = 0.6f,
                f = frequency;
            for (int octave = 0; octave < 5; octave++)
            {
                float n = 1f - Math.Abs(2f * ValueNoise.At(x * f + 17.3f * octave, seed + octave) - 1f);
                sum += n * weight;
                weight *= 0.46f;
                f *= 2.17f;
            }
            edge[i] = foot - height * (0.12f + 0.88f * Tone.Clamp01(sum - 0.12f));
        }
        return edge;
    }

    /// <summary>Long soft waves, as of hills and banks.</summary>
    public static float[] Waves(int columns, float foot, float height, float frequency, int seed)
    {
        var edge = new float[columns];
        for (int i = 0; i < columns; i++)
        {
            float x = (i + 0.5f) / columns;
            edge[i] = foot - height * (0.75f * ValueNoise.At(x * frequency, seed) + 0.25f * ValueNoise.At(x * frequency * 2.3f, seed + 1));
        }
        return edge;
    }

    /// <summary>Starts a path along the edge, down to <paramref name="bottom"/> and back.</summary>
    public static void Begin(Pen pen, float[] edge, float bottom)
    {
        pen.PlacePage();
        pen.Begin().Move(-0.01f, bottom).Line(-0.01f, edge[0]);
        int step = Math.Max(1, edge.Length / 256);
        for (int i = 0; i < edge.Length; i += step)
            pen.Line((i + 0.5f) / edge.Length, edge[i]);
        pen.Line(1.01f, edge[^1]).Line(1.01f, bottom);
    }
}
