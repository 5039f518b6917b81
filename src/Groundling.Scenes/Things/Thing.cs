using System.Numerics;
using Groundling.Data;

namespace Groundling.Scenes.Things;

/// <summary>One thing as it was placed: what it is and where it stands, before anything hides it.</summary>
internal sealed class Thing
{
    public required string Category { get; init; }

    /// <summary>Which sort of its category: man, woman, child; sailboat; pine; or empty.</summary>
    public string Kind { get; init; } = "";

    /// <summary>A colour word, or empty where no word would be true.</summary>
    public string Colour { get; init; } = "";

    /// <summary>striped, wooden, brick, spotted; or empty.</summary>
    public string Material { get; init; } = "";

    /// <summary>What it does or how it stands: sitting, walking, flying, grazing; or empty.</summary>
    public string Pose { get; set; } = "";

    public required ulong Seed { get; init; }

    /// <summary>Foot, in unit space, y down.</summary>
    public float X { get; set; }

    public float Y { get; set; }

    /// <summary>Extent in unit space.</summary>
    public float Height { get; set; }

    public float Width { get; set; }

    public bool Flip { get; set; }

    /// <summary>0 at the viewer, 1 at the horizon.</summary>
    public float Depth { get; set; }

    /// <summary>Painting order: small is painted first.</summary>
    public float Order { get; set; }

    public Footing Footing { get; set; }

    /// <summary>The surface's colour, near what the word says.</summary>
    public Vector4 Pigment { get; init; }
}
