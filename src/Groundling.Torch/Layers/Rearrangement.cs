namespace Groundling.Torch;

/// <summary>
/// Weight prepacking: how far frozen weights are rearranged for speed, at the price of memory and of the time that takes.
/// </summary>
public enum Rearrangement
{
    /// <summary>Weights are used as they are stored.</summary>
    None,

    /// <summary>Where it pays within a single pass: convolutions of large images.</summary>
    OnePass,

    /// <summary>Where it pays over several passes.</summary>
    ManyPasses,
}
