using System.Drawing;

namespace Groundling;

/// <summary>
/// The outline of one piece of a mask. Corners are those of pixels: (0, 0) is the picture's upper left, (width, height) its lower right.
/// </summary>
/// <param name="Outer">The outer ring's corners, clockwise as the picture is seen; the last joins the first.</param>
/// <param name="Holes">Rings of what is not inside, counter-clockwise.</param>
public sealed record MaskPolygon(IReadOnlyList<Point> Outer, IReadOnlyList<IReadOnlyList<Point>> Holes);
