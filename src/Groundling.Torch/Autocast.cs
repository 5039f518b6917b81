using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Mixed precision: operators that may be inexact run in a smaller type, and the others in float32, until it is disposed; on this thread
/// alone.
/// </summary>
/// <remarks>TorchSharp does not wrap this; the names are those of libtorch 2.10's own functions. Backward passes belong outside.</remarks>
public sealed class Autocast : IDisposable
{
    private readonly AutocastSetting _before;

    /// <param name="type"><c>bfloat16</c> or <c>float16</c>.</param>
    /// <param name="device">
    /// The kind of device whose operators are meant; others than CPU, CUDA and MPS know no mixed precision, and go on as they are.
    /// </param>
    public Autocast(ScalarType type, DeviceType device)
        : this(new AutocastSetting(device, On: true, type)) { }

    internal Autocast(AutocastSetting setting)
    {
        _before = Around(setting.Device);
        Set(setting);
        _ = IncrementNesting();
    }

    /// <summary>The setting of this thread.</summary>
    /// <param name="device">The kind of device whose operators are meant.</param>
    public static AutocastSetting Around(DeviceType device) =>
        Knows(device)
            ? new(device, IsEnabled((sbyte)device), (ScalarType)TypeOf((sbyte)device))
            : new(device, On: false, ScalarType.Float32);

    /// <summary>Operators run as before.</summary>
    public void Dispose()
    {
        if (DecrementNesting() == 0)
            ClearCache();
        Set(_before);
    }

    /// <summary>libtorch ends the process where it is asked for others: its exception finds no native caller.</summary>
    private static bool Knows(DeviceType device) => device is DeviceType.CPU or DeviceType.CUDA or DeviceType.MPS;

    private static void Set(AutocastSetting setting)
    {
        if (!Knows(setting.Device))
            return;
        SetType((sbyte)setting.Device, (sbyte)setting.Type);
        SetEnabled((sbyte)setting.Device, setting.On);
    }

    private const string Library = "torch_cpu";

    [DllImport(Library, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
    private static extern void SetEnabled(sbyte device, [MarshalAs(UnmanagedType.U1)] bool on);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    [return: MarshalAs(UnmanagedType.U1)]
    private static extern bool IsEnabled(sbyte device);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
    private static extern void SetType(sbyte device, sbyte type);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
    private static extern sbyte TypeOf(sbyte device);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast11clear_cacheEv")]
    private static extern void ClearCache();

    [DllImport(Library, EntryPoint = "_ZN2at8autocast17increment_nestingEv")]
    private static extern int IncrementNesting();

    [DllImport(Library, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")]
    private static extern int DecrementNesting();
}
