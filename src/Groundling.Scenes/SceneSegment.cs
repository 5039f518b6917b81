using Groundling.Data;

namespace Groundling.Scenes;

/// <summary>One visible region of a scene and the attributes that words about it must agree with.</summary>
public sealed record SceneSegment
{
    /// <summary>The value of its pixels in the panoptic map; never 0.</summary>
    public required int Id { get; init; }

    /// <summary>What it is.</summary>
    public required SceneCategory Category { get; init; }

    /// <summary>The sort of its category, for example man or sailboat; or empty.</summary>
    public string Kind { get; init; } = "";

    /// <summary>A colour word; or empty.</summary>
    public string Colour { get; init; } = "";

    /// <summary>striped, wooden, brick or spotted; or empty.</summary>
    public string Material { get; init; } = "";

    /// <summary>What it does, for example flying or grazing; or empty.</summary>
    public string Pose { get; init; } = "";

    /// <summary>Visible pixels.</summary>
    public int Area { get; init; }

    /// <summary>Bounding box of the visible pixels: left.</summary>
    public int X { get; init; }

    /// <summary>Bounding box of the visible pixels: top.</summary>
    public int Y { get; init; }

    /// <summary>Bounding box of the visible pixels: width.</summary>
    public int Width { get; init; }

    /// <summary>Bounding box of the visible pixels: height.</summary>
    public int Height { get; init; }
}
