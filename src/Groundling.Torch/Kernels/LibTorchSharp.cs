using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Functions of TorchSharp's native library that its public API does not offer.</summary>
internal static unsafe class LibTorchSharp
{
    [DllImport("LibTorchSharp")]
    public static extern nint THSTensor_new(
        nint data,
        delegate* unmanaged[Cdecl]<nint, void> deleter,
        long* sizes,
        int dimensions,
        sbyte type,
        sbyte targetType,
        int deviceType,
        int deviceIndex,
        [MarshalAs(UnmanagedType.U1)] bool requiresGrad
    );
}
