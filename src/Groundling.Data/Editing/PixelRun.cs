namespace Groundling.Data.Editing;

/// <summary>Neighbouring pixels, row by row, that an edit gave from one segment to another.</summary>
/// <param name="Start">The first one's place: row * width + column.</param>
/// <param name="Length">How many.</param>
/// <param name="Before">Whose they were; 0 for none.</param>
/// <param name="After">Whose they are.</param>
public readonly record struct PixelRun(int Start, int Length, int Before, int After)
{
    internal PixelRun Reversed => this with { Before = After, After = Before };
}
