using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Runs the operators that may be inexact in a smaller type, and the others in float32, until it is disposed.</summary>
/// <remarks>TorchSharp does not wrap this; the names are those of libtorch 2.10's own functions. Backward passes belong outside.</remarks>
public sealed class Autocast : IDisposable
{
    private readonly sbyte _device;
    private readonly bool _before;

    /// <param name="type"><c>bfloat16</c> or <c>float16</c>.</param>
    /// <param name="device">The kind of device whose operators are meant.</param>
    public Autocast(ScalarType type, DeviceType device)
    {
        _device = (sbyte)device;
        _before = IsEnabled(_device);
        SetType(_device, (sbyte)type);
        SetEnabled(_device, true);
        _ = IncrementNesting();
    }

    /// <summary>Operators run as before.</summary>
    public void Dispose()
    {
        if (DecrementNesting() == 0) ClearCache();
        SetEnabled(_device, _before);
    }

    private const string Library = "torch_cpu";

    [DllImport(Library, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
    private static extern void SetEnabled(sbyte device, [MarshalAs(UnmanagedType.U1)] bool on);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    [return: MarshalAs(UnmanagedType.U1)]
    private static extern bool IsEnabled(sbyte device);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
    private static extern void SetType(sbyte device, sbyte type);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast11clear_cacheEv")] private static extern void ClearCache();
    [DllImport(Library, EntryPoint = "_ZN2at8autocast17increment_nestingEv")] private static extern int IncrementNesting();
    [DllImport(Library, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")] private static extern int DecrementNesting();
}
