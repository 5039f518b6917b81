using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Mixed precision: operators that may be inexact run in a smaller type, and the others in float32, until it is disposed; on this thread
/// alone.
/// </summary>
/// <remarks>Backward passes belong outside.</remarks>
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
        AutocastFunctions.IncrementNesting();
    }

    /// <summary>Operators run in their arguments' own types until it is disposed.</summary>
    /// <param name="device">The kind of device whose operators are meant.</param>
    public static Autocast Off(DeviceType device) => new(new AutocastSetting(device, On: false, ScalarType.Float32));

    /// <summary>The setting of this thread.</summary>
    /// <param name="device">The kind of device whose operators are meant.</param>
    public static AutocastSetting Around(DeviceType device) =>
        Knows(device)
            ? new(device, AutocastFunctions.IsEnabled(device), AutocastFunctions.TypeOf(device))
            : new(device, On: false, ScalarType.Float32);

    /// <summary>Operators run as before.</summary>
    public void Dispose()
    {
        if (AutocastFunctions.DecrementNesting() == 0)
            AutocastFunctions.ClearCache();
        Set(_before);
    }

    /// <summary>libtorch ends the process where it is asked for others: its exception finds no native caller.</summary>
    private static bool Knows(DeviceType device) => device is DeviceType.CPU or DeviceType.CUDA or DeviceType.MPS;

    private static void Set(AutocastSetting setting)
    {
        if (!Knows(setting.Device))
            return;
        AutocastFunctions.SetType(setting.Device, setting.Type);
        AutocastFunctions.SetEnabled(setting.Device, setting.On);
    }
}
