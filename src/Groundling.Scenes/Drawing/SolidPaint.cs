using System.Numerics;

namespace Groundling.Scenes.Drawing;

internal sealed class SolidPaint(Vector4 colour) : Paint
{
    public override void Row(int x, int y, Span<Vector4> colours) => colours.Fill(colour);
}
