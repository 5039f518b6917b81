using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>Courses of bricks over another paint; every brick a little different, pale joints between.</summary>
internal sealed class BrickPaint(Paint inner, Vector2 origin, float width, float height) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours)
    {
        inner.Row(x, y, colours);
        float v = (origin.Y - y - 0.5f) / height;
        int course = (int)MathF.Floor(v);
        float joint = v - course;
        for (int i = 0; i < colours.Length; i++)
        {
            float u = (x + i + 0.5f - origin.X) / width + 0.5f * (course & 1);
            int brick = (int)MathF.Floor(u);
            float k = 0.82f + 0.26f * ValueNoise.At(brick * 3.7f, course * 5.3f, 61);
            var c = Tone.Scale(colours[i], k);
            colours[i] =
                joint < 0.24f || u - brick < 0.12f
                    ? Tone.Mix(c, Tone.Mix(colours[i], new Vector4(0.86f, 0.82f, 0.76f, 1f), 0.55f), 0.55f)
                    : c;
        }
    }
}
