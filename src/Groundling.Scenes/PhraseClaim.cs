using Groundling.Data;

namespace Groundling.Scenes;

/// <summary>
/// What a phrase says: all and only the visible segments that fit it are meant. Empty words say nothing.
/// </summary>
public sealed record PhraseClaim
{
    /// <summary>A category's name; or empty for a whole supercategory.</summary>
    public string Category { get; init; } = "";

    /// <summary>A supercategory, where no category is named.</summary>
    public string Supercategory { get; init; } = "";

    /// <summary>A sort of the category.</summary>
    public string Kind { get; init; } = "";

    /// <summary>A colour word.</summary>
    public string Colour { get; init; } = "";

    /// <summary>A material or pattern.</summary>
    public string Material { get; init; } = "";

    /// <summary>big or small: by a clear margin the largest or the smallest visible of its category.</summary>
    public string Size { get; init; } = "";

    /// <summary>left, right or middle: where the box's centre lies.</summary>
    public string Position { get; init; } = "";

    /// <summary>How many segments a number word counts; 0 where there is none.</summary>
    public int Count { get; init; }
}
