namespace Groundling.Scenes.Drawing;

/// <summary>Smooth noise in [0, 1] from a fixed table of integer hashes.</summary>
internal static class ValueNoise
{
    private static readonly float[] Values = new float[512];
    private static readonly byte[] Order = new byte[512];

    static ValueNoise()
    {
        var random = new SceneRandom(0x5CE4E5);
        var order = Enumerable.Range(0, 256).ToList();
        random.Shuffle(order);
        for (int i = 0; i < 512; i++)
            Order[i] = (byte)order[i & 255];
        for (int i = 0; i < 256; i++)
            Values[i] = Values[i + 256] = random.Float();
    }

    public static float At(float x, float y, int seed)
    {
        int ix = Floor(x),
            iy = Floor(y);
        float fx = x - ix,
            fy = y - iy;
        fx = fx * fx * (3f - 2f * fx);
        fy = fy * fy * (3f - 2f * fy);
        int row0 = Order[(iy + Order[seed & 255]) & 255],
            row1 = Order[(iy + 1 + Order[seed & 255]) & 255];
        int left = ix & 255;
        float a = Values[Order[left + row0]],
            b = Values[Order[left + 1 + row0 & 511]];
        float c = Values[Order[left + row1]],
            d = Values[Order[left + 1 + row1 & 511]];
        float top = a + (b - a) * fx,
            bottom = c + (d - c) * fx;
        return top + (bottom - top) * fy;
    }

    public static float At(float x, int seed) => At(x, seed * 0.5f, seed);

    /// <summary>Octaves of noise, each half as strong and twice as fine; in [0, 1].</summary>
    public static float Fractal(float x, float y, int seed, int octaves)
    {
        float sum = 0f,
            weight = 1f,
            total = 0f;
        for (int i = 0; i < octaves; i++)
        {
            sum += At(x, y, seed + i) * weight;
            total += weight;
            weight *= 0.5f;
            x *= 2.03f;
            y *= 2.03f;
        }
        return sum / total;
    }

    private static int Floor(float v)
    {
        int i = (int)v;
        return v < i ? i - 1 : i;
    }
}
