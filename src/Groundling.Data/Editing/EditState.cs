namespace Groundling.Data.Editing;

/// <summary>A picture's annotation at one moment, all but its pixels.</summary>
/// <param name="Version">
/// Changes with every edit. Given with an edit, it says what the edit was made for: one that was made for an earlier state is refused.
/// </param>
/// <param name="Narratives">What is told of the picture, at least one.</param>
/// <param name="Segments">Its segments, in the order in which they were made.</param>
/// <param name="NextSegment">The id that the next new segment gets.</param>
/// <param name="CanUndo">Whether there is a step to take back.</param>
/// <param name="CanRedo">Whether there is a step to do again.</param>
public sealed record EditState(
    string Version,
    IReadOnlyList<EditedNarrative> Narratives,
    IReadOnlyList<EditedSegment> Segments,
    int NextSegment,
    bool CanUndo,
    bool CanRedo
)
{
    /// <summary>The first narrative.</summary>
    public EditedNarrative Narrative => Narratives[0];
}
