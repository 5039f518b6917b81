namespace Groundling.Scenes.Drawing;

/// <summary>Sine and cosine by polynomial: the platform's own may differ in the last bit between machines.</summary>
internal static class Wave
{
    /// <summary>sin(2 pi t).</summary>
    public static float Sin(float turns)
    {
        double t = turns - Math.Floor((double)turns); // [0, 1)
        t =
            t < 0.25 ? t
            : t < 0.75 ? 0.5 - t
            : t - 1.0; // [-0.25, 0.25]
        double z = t * 6.283185307179586,
            q = z * z;
        return (float)(z * (1 + q * (-1.0 / 6 + q * (1.0 / 120 + q * (-1.0 / 5040 + q * (1.0 / 362880 - q / 39916800))))));
    }

    /// <summary>cos(2 pi t).</summary>
    public static float Cos(float turns) => Sin(turns + 0.25f);
}
