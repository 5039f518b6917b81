using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Computes what a layer does, or watches it.</summary>
public interface ILayerArithmetic : IDisposable
{
    /// <summary>The layer's output for an input in float32 on the CPU.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">As the layer takes it.</param>
    Tensor Compute(IQuantizableLayer layer, Tensor input);

    /// <summary>Lets the system take back the memory of weights that lie in a file, as a layer does that serves a single pass.</summary>
    void ReleasePages() { }
}
