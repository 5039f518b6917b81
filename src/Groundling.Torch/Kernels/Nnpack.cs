using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Keeps libtorch from asking NNPACK about convolutions.</summary>
/// <remarks>
/// It would compute large batches alone, and otherly on each processor. On one that it does not know it writes a warning to standard error
/// for every convolution.
/// </remarks>
internal static partial class Nnpack
{
    /// <summary>Turns NNPACK off for the process, where this libtorch has the switch.</summary>
    public static void TurnOff()
    {
        try
        {
            SetEnabled(Context(), false);
        }
        catch (EntryPointNotFoundException)
        {
            // Another build of libtorch: names differ, or NNPACK is not in it.
        }
    }

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint Context();

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetEnabled(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);
}
