using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Groundling.Torch;

/// <summary>Lets the MKL in libtorch take its AVX-512 kernels on every processor that has the instructions.</summary>
/// <remarks>
/// It looks at the maker's name first, and on one that is not Intel's multiplies matrices at a half to a fifth of the speed. What it found it keeps
/// in a variable, which the first instruction of <c>mkl_serv_intel_cpu_true</c> reads: the answer is put there before it is first asked for.
/// </remarks>
public static unsafe class MatrixKernels
{
    private static ReadOnlySpan<byte> Load => [0x8B, 0x05];                    // mov eax, [rip + four bytes]
    private static ReadOnlySpan<byte> Test => [0x85, 0xC0, 0x78, 0x01, 0xC3];  // test eax, eax; js over the return; ret

    /// <summary>Asks for the AVX-512 kernels, where this libtorch has them and has not yet looked at the processor.</summary>
    /// <returns>Whether it was done.</returns>
    public static bool UseAvx512()
    {
        if (!OperatingSystem.IsLinux() || !Avx512F.IsSupported || !Avx512BW.IsSupported || !Avx512DQ.IsSupported || !Avx512F.VL.IsSupported) return false;
        if (!NativeLibrary.TryLoad("torch_cpu", typeof(MatrixKernels).Assembly, null, out var library) || !NativeLibrary.TryGetExport(library, "mkl_serv_intel_cpu_true", out var function)) return false;
        var code = new ReadOnlySpan<byte>((void*)function, 11);
        // Another build of MKL: it decides as it always did.
        if (!code.StartsWith(Load) || !code[6..].SequenceEqual(Test)) return false;
        var found = (int*)(function + 6 + MemoryMarshal.Read<int>(code[2..]));
        if (*found >= 0) return *found == 1;                                   // it has looked already
        *found = 1;
        return true;
    }
}
