using System.Runtime.InteropServices;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>How much memory a device has taken, and when it has done its work.</summary>
internal static partial class Memory
{
    public static string Shown(ComputeDevice place)
    {
        if (place.IsCpu)
            return $"{ResidentMemory.Now / 1e9:F1} GB resident";
        using var current = new CudaGuard(place.Device.index);
        return cuMemGetInfo_v2(out var free, out var total) == 0
            ? $"{(total - free) / 1e9:F1} of {total / 1e9:F0} GB of the card taken"
            : "the card does not tell its memory";
    }

    /// <summary>Waits for a card; the CPU has done its work when it is back.</summary>
    public static void Wait(ComputeDevice place)
    {
        if (!place.IsCpu)
            cuda.synchronize();
    }

    [LibraryImport("libcuda.so.1")]
    private static partial int cuMemGetInfo_v2(out nuint free, out nuint total);
}
