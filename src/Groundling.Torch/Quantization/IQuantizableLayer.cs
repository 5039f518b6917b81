using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A layer that multiplies its input by a frozen weight, which may be done in integers.</summary>
public interface IQuantizableLayer
{
    /// <summary>[outputs, inputs], or [outputs, inputs, k, k].</summary>
    Tensor Weight { get; }

    /// <summary>[outputs], or null.</summary>
    Tensor? Bias { get; }

    /// <summary>Step between the places of a convolution's kernel; 1 for a linear map.</summary>
    long Stride { get; }

    /// <summary>Zeros around a convolution's input; 0 for a linear map.</summary>
    long Padding { get; }

    /// <summary>
    /// What computes in the layer's place where no gradient is recorded; the layer's own arithmetic where null. The layer disposes it.
    /// </summary>
    ILayerArithmetic? Arithmetic { get; set; }

    /// <summary>Where rearranged weights are kept between processes; null for nowhere.</summary>
    PackSlot? Slot { get; }

    /// <summary>The layer's own arithmetic.</summary>
    /// <exception cref="InvalidOperationException">The layer has its weight in integers alone.</exception>
    Tensor Compute(Tensor input);
}
