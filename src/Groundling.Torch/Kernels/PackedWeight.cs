using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A frozen weight in oneDNN's blocked layout, rearranged once instead of at every call.</summary>
/// <remarks>
/// libtorch rearranges a convolution's weight each time it runs; at 8x8 and 16x16 pixels that takes longer than the arithmetic.
/// Only for inference with float32 on Linux x64; the plain operators serve everywhere else and give the same values to rounding.
/// </remarks>
internal sealed unsafe class PackedWeight : IDisposable
{
    private static readonly byte[] NoActivation = "none\0"u8.ToArray();
    private static readonly byte[] NoAlgorithm = "\0"u8.ToArray();
    private readonly PackedTensor _packed;

    private PackedWeight(PackedTensor packed) => _packed = packed;

    /// <summary>Whether this machine has the packed operators.</summary>
    public static bool Supported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && Avx2.IsSupported;

    /// <summary>Whether a call may use packed weights: no gradient is recorded, and the input is float32 on the CPU.</summary>
    public static bool Serves(Tensor input) =>
        !is_grad_enabled() && input.dtype == ScalarType.Float32 && input.device_type == DeviceType.CPU;

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
    public static string Kind(long[] inputShape) => $"f32-{string.Join('x', PackSlot.Typical(inputShape))}";

    /// <summary>Convolution of a [B, in, h, w] input.</summary>
    public Tensor Convolve(Tensor input, Tensor? bias, long stride, long padding)
    {
        long* strides = stackalloc[] { stride, stride },
            paddings = stackalloc[] { padding, padding },
            dilations = stackalloc[] { 1L, 1L };
        nint biasHandle = bias?.Handle ?? 0,
            result;
        fixed (
            byte* activation = NoActivation,
                algorithm = NoAlgorithm
        )
        {
            var pointer = algorithm;
            LibTorch.Check(
                LibTorch.aoti_torch_cpu_mkldnn__convolution_pointwise(
                    input.Handle,
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
        nint biasHandle = bias?.Handle ?? 0,
            result;
        fixed (
            byte* activation = NoActivation,
                algorithm = NoAlgorithm
        )
        {
            var pointer = algorithm;
            LibTorch.Check(
                LibTorch.aoti_torch_cpu__linear_pointwise(
                    input.Handle,
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

    private static PackedWeight Kept(Tensor weight, long[] inputShape, PackSlot? slot, Func<Tensor, long[], Tensor> pack) =>
        new(
            PackSlot.Get(
                slot,
                weight,
                Kind(inputShape),
                () =>
                {
                    using var plain = weight.detach().contiguous();
                    return pack(plain, PackSlot.Typical(inputShape));
                }
            )
        );
}
