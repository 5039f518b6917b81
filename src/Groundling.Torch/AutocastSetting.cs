using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// How a thread's operators choose their types (mixed precision), to be taken up again elsewhere; see <see cref="Autocast.Around"/>.
/// </summary>
/// <param name="Device">The kind of device whose operators are meant.</param>
/// <param name="On">Whether operators that may be inexact run in the smaller type.</param>
/// <param name="Type">The smaller type.</param>
public readonly record struct AutocastSetting(DeviceType Device, bool On, ScalarType Type)
{
    /// <summary>This thread's operators choose so until the result is disposed.</summary>
    public Autocast Enter() => new(this);
}
