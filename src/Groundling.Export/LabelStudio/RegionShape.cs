namespace Groundling.Export.LabelStudio;

/// <summary>How a mask becomes regions of Label Studio.</summary>
public enum RegionShape
{
    /// <summary>One brush region, exactly.</summary>
    Brush,

    /// <summary>A polygon for each piece, holes cut open.</summary>
    Polygon,
}
