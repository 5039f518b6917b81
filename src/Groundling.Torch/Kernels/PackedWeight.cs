using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A frozen weight in oneDNN's blocked layout, rearranged once instead of at every call.</summary>
/// <remarks>
/// libtorch rearranges a convolution's weight each time it runs; at 8x8 and 16x16 pixels that takes longer than the arithmetic.
/// Only on Linux x64, with float32 and, where the processor multiplies it, bfloat16; the plain operators serve everywhere else and give
/// the same values to rounding.
/// </remarks>
internal sealed unsafe class PackedWeight : IDisposable
{
    private const long SmallestPacked = 1 << 16;
    private readonly PackedTensor _packed;

    private PackedWeight(PackedTensor packed) => _packed = packed;

    private static readonly bool Has =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && Avx2.IsSupported;

    /// <summary>Whether this machine has the packed operators.</summary>
    public static bool Supported => Has && !PlainOperators.Only;

    /// <summary>Whether kernels for float32 on the CPU may serve a call: no gradient is recorded.</summary>
    public static bool Serves(Tensor input) => !is_grad_enabled() && Multiplies(input);

    /// <summary>Whether an input is what kernels for float32 on the CPU multiply.</summary>
    public static bool Multiplies(Tensor input) => input.dtype == ScalarType.Float32 && IsHere(input);

    /// <summary>Whether a call may use a packed weight: no gradient is recorded, and the weight decides in what is multiplied.</summary>
    public static bool Serves(Tensor input, Tensor weight) => !is_grad_enabled() && Takes(input, weight);

    /// <summary>Whether a gradient is recorded, and may be brought back by packed weights.</summary>
    public static bool BringsBack(Tensor input, Tensor weight) =>
        is_grad_enabled() && input.requires_grad && Supported && Takes(input, weight);

    /// <summary>Whether packing a weight for an input pays: it is large, and is used many times or lies packed already.</summary>
    /// <param name="weight">The weight's shape.</param>
    /// <param name="type">The weight's type.</param>
    /// <param name="input">The input's shape, which alone decides of a layer: a result does not depend on those before it.</param>
    /// <param name="extent">How far rearranging may go.</param>
    /// <param name="slot">Where packed weights are kept between processes; null for nowhere.</param>
    public static bool Pays(long[] weight, ScalarType type, long[] input, Rearrangement extent, PackSlot? slot) =>
        Supported
        && weight.Aggregate(1L, (product, size) => product * size) >= SmallestPacked
        && (extent == Rearrangement.ManyPasses || PackSlot.Had(slot, Kind(type, input)));

    private static bool Takes(Tensor input, Tensor weight) =>
        IsHere(input)
        && (
            input.dtype == weight.dtype
                ? input.dtype == ScalarType.Float32 || HasBf16(input.dtype)
                : input.dtype == ScalarType.Float32 && HasBf16(weight.dtype)
        );

    private static bool HasBf16(ScalarType type) => type == ScalarType.BFloat16 && ProcessorFeatures.HasBf16Products;

    private static bool IsHere(Tensor input) => input.device_type == DeviceType.CPU && !PlainOperators.Only;

    /// <summary>Packs a convolution's weight [out, in, k, k] for inputs of about the given shape (other shapes work, slower).</summary>
    public static PackedWeight ForConvolution(Tensor weight, long stride, long padding, long[] inputShape, PackSlot? slot = null) =>
        Kept(
            weight,
            inputShape,
            slot,
            (plain, typical) =>
                LibTorch.Call(
                    "mkldnn::_reorder_convolution_weight",
                    LibTorch.Argument(plain),
                    LibTorch.Argument(padding, padding),
                    LibTorch.Argument(stride, stride),
                    LibTorch.Argument(1, 1),
                    1,
                    LibTorch.Some(LibTorch.Argument(typical))
                )
        );

    /// <summary>Packs a linear layer's weight [out, in] for inputs of about the given shape (others work, slower).</summary>
    public static PackedWeight ForLinear(Tensor weight, long[] inputShape, PackSlot? slot = null) =>
        Kept(
            weight,
            inputShape,
            slot,
            (plain, typical) => LibTorch.Call("mkldnn::_reorder_linear_weight", LibTorch.Argument(plain), LibTorch.Some((ulong)typical[0]))
        );

    /// <summary>What a cache calls a weight that was packed for such inputs.</summary>
    public static string Kind(ScalarType type, long[] inputShape) =>
        $"{(type == ScalarType.BFloat16 ? "bf16" : "f32")}-{string.Join('x', PackSlot.Typical(inputShape))}";

    /// <summary>Convolution of a [B, in, h, w] input.</summary>
    public Tensor Convolve(Tensor input, Tensor? bias, long stride, long padding)
    {
        using var typed = Typed(input);
        long* strides = stackalloc[] { stride, stride },
            paddings = stackalloc[] { padding, padding },
            dilations = stackalloc[] { 1L, 1L };
        nint biasHandle = bias?.Handle ?? 0,
            result;
        fixed (
            byte* activation = LibTorch.NoActivation,
                algorithm = LibTorch.NoAlgorithm
        )
        {
            var pointer = algorithm;
            LibTorch.Check(
                LibTorch.aoti_torch_cpu_mkldnn__convolution_pointwise(
                    typed.Handle,
                    _packed.Tensor.Handle,
                    bias is null ? null : &biasHandle,
                    paddings,
                    2,
                    strides,
                    2,
                    dilations,
                    2,
                    1,
                    activation,
                    null,
                    0,
                    &pointer,
                    &result
                ),
                nameof(Convolve)
            );
        }
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>Linear map of a [..., in] input.</summary>
    public Tensor Multiply(Tensor input, Tensor? bias)
    {
        using var typed = Typed(input);
        nint biasHandle = bias?.Handle ?? 0,
            result;
        fixed (
            byte* activation = LibTorch.NoActivation,
                algorithm = LibTorch.NoAlgorithm
        )
        {
            var pointer = algorithm;
            LibTorch.Check(
                LibTorch.aoti_torch_cpu__linear_pointwise(
                    typed.Handle,
                    _packed.Tensor.Handle,
                    bias is null ? null : &biasHandle,
                    activation,
                    null,
                    0,
                    &pointer,
                    &result
                ),
                nameof(Multiply)
            );
        }
        return Tensor.UnsafeCreateTensor(result);
    }

    public void Dispose() => _packed.Dispose();

    /// <summary>Lets the system take back the memory of what lies in a file.</summary>
    public void ReleasePages() => _packed.ReleasePages();

    private Tensor Typed(Tensor input) => input.dtype == _packed.Tensor.dtype ? input.alias() : input.to(_packed.Tensor.dtype);

    private static PackedWeight Kept(Tensor weight, long[] inputShape, PackSlot? slot, Func<Tensor, long[], Tensor> pack) =>
        new(
            PackSlot.Get(
                slot,
                weight,
                Kind(weight.dtype, inputShape),
                () =>
                {
                    using var plain = weight.detach().contiguous();
                    return pack(plain, PackSlot.Typical(inputShape));
                }
            )
        );
}
