using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Where a tensor's memory lies, for libraries that work on it.</summary>
public static class TensorAddress
{
    /// <summary>
    /// The address of the first element, on the tensor's own device. The tensor must be kept alive while the address is used.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor has no memory of its own.</exception>
    public static nint Address(this Tensor tensor) => LibTorch.Pointer(tensor);
}
