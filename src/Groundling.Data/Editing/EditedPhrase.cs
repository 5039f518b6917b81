namespace Groundling.Data.Editing;

/// <summary>A phrase of a caption, and what it stands for.</summary>
/// <param name="Start">Where it begins in the caption, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Segments">Its segments' ids; none where it is not grounded.</param>
/// <param name="IsPlural">Whether it names several things.</param>
public sealed record EditedPhrase(int Start, int End, IReadOnlyList<int> Segments, bool IsPlural);
