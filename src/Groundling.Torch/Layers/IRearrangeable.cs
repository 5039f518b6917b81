namespace Groundling.Torch;

/// <summary>A layer that computes faster with its weights rearranged (prepacked), once they will not change any more.</summary>
public interface IRearrangeable
{
    /// <summary>Promises that the weights stay as they are; the layer may keep a rearranged (prepacked) copy.</summary>
    /// <param name="extent">How far.</param>
    /// <param name="slot">Where rearranged weights are kept between processes; null for nowhere.</param>
    void Allow(Rearrangement extent, PackSlot? slot = null);
}
