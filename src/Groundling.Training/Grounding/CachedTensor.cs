using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>A float32 tensor as it lies in a <see cref="TensorCache"/>.</summary>
/// <param name="Values">Its numbers, the last dimension fastest.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record CachedTensor(float[] Values, long[] Shape)
{
    /// <summary>A tensor of the same numbers, on the CPU; the caller owns it.</summary>
    public Tensor ToTensor() => tensor(Values, Shape, device: CPU);
}
