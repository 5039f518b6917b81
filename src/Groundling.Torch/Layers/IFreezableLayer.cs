namespace Groundling.Torch;

/// <summary>A layer that computes faster once its weights will not change any more.</summary>
public interface IFreezableLayer
{
    /// <summary>Promises that the weights stay as they are; the layer may keep a rearranged copy.</summary>
    void Freeze();
}
