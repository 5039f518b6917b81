using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// libtorch's functions behind <see cref="Autocast"/>, which TorchSharp does not wrap: C++ functions of its release 2.10, whose names each
/// compiler spells in its own way.
/// </summary>
internal static unsafe class AutocastFunctions
{
    private static readonly nint Library = NativeLibrary.Load("torch_cpu", typeof(AutocastFunctions).Assembly, null);

    private static readonly delegate* unmanaged[Cdecl]<sbyte, byte, void> SetEnabledOf = (delegate* unmanaged[Cdecl]<
        sbyte,
        byte,
        void>)Find(
        "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb",
        "?set_autocast_enabled@autocast@at@@YAXW4DeviceType@c10@@_N@Z"
    );

    private static readonly delegate* unmanaged[Cdecl]<sbyte, byte> IsEnabledOf = (delegate* unmanaged[Cdecl]<sbyte, byte>)Find(
        "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE",
        "?is_autocast_enabled@autocast@at@@YA_NW4DeviceType@c10@@@Z"
    );

    private static readonly delegate* unmanaged[Cdecl]<sbyte, sbyte, void> SetTypeOf = (delegate* unmanaged[Cdecl]<sbyte, sbyte, void>)Find(
        "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE",
        "?set_autocast_dtype@autocast@at@@YAXW4DeviceType@c10@@W4ScalarType@4@@Z"
    );

    private static readonly delegate* unmanaged[Cdecl]<sbyte, sbyte> TypeOfDevice = (delegate* unmanaged[Cdecl]<sbyte, sbyte>)Find(
        "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE",
        "?get_autocast_dtype@autocast@at@@YA?AW4ScalarType@c10@@W4DeviceType@4@@Z"
    );

    private static readonly delegate* unmanaged[Cdecl]<void> Clear = (delegate* unmanaged[Cdecl]<void>)Find(
        "_ZN2at8autocast11clear_cacheEv",
        "?clear_cache@autocast@at@@YAXXZ"
    );

    private static readonly delegate* unmanaged[Cdecl]<int> Increment = (delegate* unmanaged[Cdecl]<int>)Find(
        "_ZN2at8autocast17increment_nestingEv",
        "?increment_nesting@autocast@at@@YAHXZ"
    );

    private static readonly delegate* unmanaged[Cdecl]<int> Decrement = (delegate* unmanaged[Cdecl]<int>)Find(
        "_ZN2at8autocast17decrement_nestingEv",
        "?decrement_nesting@autocast@at@@YAHXZ"
    );

    public static void SetEnabled(DeviceType device, bool on) => SetEnabledOf((sbyte)device, on ? (byte)1 : (byte)0);

    public static bool IsEnabled(DeviceType device) => IsEnabledOf((sbyte)device) != 0;

    public static void SetType(DeviceType device, ScalarType type) => SetTypeOf((sbyte)device, (sbyte)type);

    public static ScalarType TypeOf(DeviceType device) => (ScalarType)TypeOfDevice((sbyte)device);

    public static void ClearCache() => Clear();

    public static void IncrementNesting() => _ = Increment();

    /// <returns>How many are left.</returns>
    public static int DecrementNesting() => Decrement();

    private static void* Find(string elsewhere, string onWindows) =>
        (void*)NativeLibrary.GetExport(Library, OperatingSystem.IsWindows() ? onWindows : elsewhere);
}
