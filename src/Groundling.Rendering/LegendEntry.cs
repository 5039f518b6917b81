using Groundling.Data;

namespace Groundling.Rendering;

/// <summary>One phrase's place in the legend.</summary>
/// <param name="Number">From 1, as in the picture.</param>
/// <param name="Colour">The phrase's colour.</param>
/// <param name="Lines">The phrase, wrapped.</param>
/// <param name="Score">The score's text.</param>
/// <param name="IsFound">False when the mask is empty.</param>
/// <param name="Height">Of the whole entry, in pixels.</param>
internal sealed record LegendEntry(int Number, Colour Colour, IReadOnlyList<TextLine> Lines, TextLine Score, bool IsFound, float Height);
