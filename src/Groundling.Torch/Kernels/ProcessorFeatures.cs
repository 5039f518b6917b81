using System.Runtime.Intrinsics.X86;

namespace Groundling.Torch;

/// <summary>What the processor multiplies besides float32; .NET asks only for what its own vectors need.</summary>
internal static class ProcessorFeatures
{
    private const int Features = 7;

    /// <summary>AVX-512 VNNI, or VNNI in vectors of 256 bits: products of integers of 8 bits.</summary>
    public static bool HasInt8Products { get; } =
        X86Base.IsSupported
        && (
            (Avx512F.IsSupported && Has(X86Base.CpuId(Features, 0).Ecx, 11)) || (Avx2.IsSupported && Has(X86Base.CpuId(Features, 1).Eax, 4))
        );

    /// <summary>AVX512_BF16 or AMX: products of bfloat16.</summary>
    public static bool HasBf16Products { get; } =
        X86Base.IsSupported && Avx512F.IsSupported && (Has(X86Base.CpuId(Features, 1).Eax, 5) || Has(X86Base.CpuId(Features, 0).Edx, 22));

    private static bool Has(int register, int bit) => (register >> bit & 1) != 0;
}
