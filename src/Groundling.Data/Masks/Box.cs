using System.Text.Json.Serialization;
using Groundling.Data;

namespace Groundling;

/// <summary>An upright rectangle of whole pixels; COCO's <c>bbox</c> [x, y, width, height]. All zero when it holds nothing.</summary>
/// <param name="X">Left column, 0 at the picture's left edge.</param>
/// <param name="Y">Top row, 0 at the picture's top edge.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
[JsonConverter(typeof(BoxConverter))]
public readonly record struct Box(int X, int Y, int Width, int Height);
