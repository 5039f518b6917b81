namespace Groundling.Torch;

/// <summary>A layer that computes faster with its weights rearranged (prepacked), once they will not change any more.</summary>
public interface IRearrangeable
{
    /// <summary>Promises that the weights stay as they are; the layer may keep a rearranged (prepacked) copy.</summary>
    void Allow(Rearrangement extent);
}
