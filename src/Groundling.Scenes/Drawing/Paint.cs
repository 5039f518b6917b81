using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>What a shape is filled with; asked for one run of pixels at a time.</summary>
internal abstract class Paint
{
    /// <summary>Writes the colours of pixels (x, y), (x + 1, y), ...</summary>
    public abstract void Row(int x, int y, Span<Vector4> colours);
}
