namespace Groundling.Rendering;

/// <summary>How masks lie over the picture.</summary>
public enum FigureStyle
{
    /// <summary>Strong contours and a light fill: the picture keeps its colours, a yellow sea stays yellow.</summary>
    Contours,

    /// <summary>A fill that tells small and torn masks apart at a glance, at the cost of the picture's colours.</summary>
    Tint,
}
