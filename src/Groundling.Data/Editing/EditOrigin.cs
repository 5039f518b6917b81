namespace Groundling.Data.Editing;

/// <summary>A picture's annotation before it was edited.</summary>
internal sealed record EditOrigin(
    int Width,
    int Height,
    IReadOnlyList<EditedNarrative> Narratives,
    IReadOnlyList<EditedSegment> Segments,
    int[] Ids
)
{
    /// <summary>A copy to edit.</summary>
    public EditDocument ToDocument(CategoryList categories) =>
        new(Narratives, Segments, new((int[])Ids.Clone(), Width, Height), categories);
}
