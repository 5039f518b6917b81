using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Tensors on their way to a device.</summary>
public static class TensorTransfer
{
    /// <summary>Whether a tensor lies on a device.</summary>
    public static bool IsOn(this Tensor tensor, Device device) => tensor.device_type == device.type && tensor.device_index == device.index;

    /// <summary>
    /// A CPU tensor on a device, and on no other: the tensor itself where it is there; from pinned memory to a card, which nobody waits
    /// for.
    /// </summary>
    /// <param name="tensor">On the CPU; made for this, and not needed after.</param>
    /// <param name="device">Where it is wanted.</param>
    /// <returns>In the current dispose scope.</returns>
    public static Tensor Sent(this Tensor tensor, Device device)
    {
        if (device.type == DeviceType.CPU)
            return tensor;
        if (device.type != DeviceType.CUDA)
            return tensor.to(device);
        using (tensor)
        using (var pinned = tensor.pin_memory())
            return pinned.to(device, non_blocking: true); // libtorch keeps pinned memory until it has been read
    }
}
