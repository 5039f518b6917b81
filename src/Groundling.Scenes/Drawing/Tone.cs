using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>Colours as (red, green, blue, opacity), each 0 to 1, in display space.</summary>
internal static class Tone
{
    public static Vector4 Hex(int rgb) => new(((rgb >> 16) & 255) / 255f, ((rgb >> 8) & 255) / 255f, (rgb & 255) / 255f, 1f);

    public static Vector4 Mix(Vector4 a, Vector4 b, float t) => a + (b - a) * t;

    public static Vector4 Scale(Vector4 c, float k) => new(c.X * k, c.Y * k, c.Z * k, c.W);

    public static Vector4 Fade(Vector4 c, float opacity) => new(c.X, c.Y, c.Z, opacity);

    public static float Clamp01(float t) =>
        t < 0f ? 0f
        : t > 1f ? 1f
        : t;

    public static float Smooth(float t)
    {
        t = Clamp01(t);
        return t * t * (3f - 2f * t);
    }
}
