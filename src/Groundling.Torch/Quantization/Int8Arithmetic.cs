using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// A layer's product in integers: inputs rounded to 8 bits with one scale, weights to 8 bits with a scale for each output, sums in 32 bits
/// (Jacob et al. 2018).
/// </summary>
/// <remarks>
/// oneDNN's operators, which libtorch has on Linux x64. Only with a processor that multiplies integers of 8 bits without overflow (VNNI).
/// </remarks>
public sealed unsafe class Int8Arithmetic : ILayerArithmetic
{
    private const float SmallestScale = 1e-30f;
    private readonly Lock _gate = new();
    private readonly Tensor _weight,
        _weightScale,
        _weightZeroPoint,
        _inputScale,
        _inputZeroPoint;
    private PackedTensor? _packed;

    /// <param name="weight">int8, [outputs, inputs] or [outputs, inputs, k, k]; its memory may be a file's.</param>
    /// <param name="weightScale">float32, [outputs]</param>
    /// <param name="input">How inputs are rounded.</param>
    public Int8Arithmetic(Tensor weight, Tensor weightScale, InputScale input)
    {
        _weight = weight.alias().DetachFromDisposeScope();
        _weightScale = weightScale.alias().DetachFromDisposeScope();
        _weightZeroPoint = zeros(weightScale.shape, dtype: int32, device: CPU).DetachFromDisposeScope();
        _inputScale = tensor(input.Scale, device: CPU).DetachFromDisposeScope();
        _inputZeroPoint = tensor(input.ZeroPoint, dtype: int32, device: CPU).DetachFromDisposeScope();
        Input = input;
    }

    /// <summary>Whether this machine has it.</summary>
    public static bool Supported => PackedWeight.Supported && ProcessorFeatures.HasInt8Products;

    /// <summary>How inputs are rounded.</summary>
    public InputScale Input { get; }

    /// <summary>Rounds a weight: a scale for each output, the largest of its values at 127.</summary>
    /// <param name="weight">[outputs, ...]</param>
    /// <returns>int8 of the same shape, and float32 [outputs]; the caller owns both.</returns>
    public static (Tensor Weight, Tensor Scale) Round(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var dense = weight.detach().to(float32).contiguous();
        var (rounded, scales) = (empty(weight.shape, dtype: int8, device: CPU), empty(weight.shape[0], device: CPU));
        float* values = (float*)LibTorch.DataPointer(dense),
            scale = (float*)LibTorch.DataPointer(scales);
        var integers = (sbyte*)LibTorch.DataPointer(rounded);
        var (rows, width) = ((int)weight.shape[0], (int)(weight.numel() / weight.shape[0]));
        for (var row = 0; row < rows; row++)
        {
            var from = new ReadOnlySpan<float>(values + (long)row * width, width);
            var to = new Span<sbyte>(integers + (long)row * width, width);
            var most = SmallestScale;
            foreach (var value in from)
                most = MathF.Max(most, MathF.Abs(value));
            scale[row] = most / sbyte.MaxValue;
            for (var i = 0; i < width; i++)
                to[i] = (sbyte)MathF.Round(from[i] / scale[row]);
        }
        GC.KeepAlive(dense);
        return (rounded.MoveToOuterDisposeScope(), scales.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public Tensor Compute(IQuantizableLayer layer, Tensor input)
    {
        using var scope = NewDisposeScope();
        var isConvolution = _weight.dim() == 4;
        var dense = isConvolution ? input.ToChannelsLast() : input.contiguous();
        var rounded = QuantizeKernel.Run(dense, Input);
        var packed = Packed(layer, dense.shape);
        return (isConvolution ? Convolve(rounded, packed, layer) : Multiply(rounded, packed, layer.Bias)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void ReleasePages()
    {
        MappedFile.ReleasePages(_weight);
        _packed?.ReleasePages();
    }

    /// <summary>The tensors that stand for the weight in a file (<see cref="Int8Weights"/>).</summary>
    /// <param name="name">The weight's name.</param>
    public IEnumerable<(string Name, Tensor Tensor)> Stored(string name) => Int8Weights.Tensors(name, _weight, _weightScale, Input);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in (IDisposable?[])[_weight, _weightScale, _weightZeroPoint, _inputScale, _inputZeroPoint, _packed])
            held?.Dispose();
    }

    private Tensor Packed(IQuantizableLayer layer, long[] inputShape)
    {
        lock (_gate)
        {
            if (_packed is not null)
                return _packed.Tensor;
            var (isConvolution, typical) = (_weight.dim() == 4, PackSlot.Typical(inputShape));
            _packed = PackSlot.Get(
                layer.Slot,
                _weight,
                $"int8-{string.Join('x', typical)}",
                () => isConvolution ? PackConvolution(layer, typical) : PackLinear(typical)
            );
            MappedFile.ReleasePages(_weight);
            return _packed.Tensor;
        }
    }

    private Tensor PackConvolution(IQuantizableLayer layer, long[] inputShape)
    {
        using var whole = _weight.contiguous();
        return LibTorch.Call(
            "onednn::qconv_prepack",
            LibTorch.Argument(whole),
            LibTorch.Argument(_weightScale),
            LibTorch.Argument((double)Input.Scale),
            (ulong)Input.ZeroPoint,
            LibTorch.Argument(layer.Stride, layer.Stride),
            LibTorch.Argument(layer.Padding, layer.Padding),
            LibTorch.Argument(1, 1),
            1,
            LibTorch.Some(LibTorch.Argument(inputShape))
        );
    }

    private Tensor PackLinear(long[] inputShape)
    {
        using var whole = _weight.contiguous();
        return LibTorch.Call("onednn::qlinear_prepack", LibTorch.Argument(whole), LibTorch.Some(LibTorch.Argument(inputShape)));
    }

    private Tensor Convolve(Tensor input, Tensor packed, IQuantizableLayer layer)
    {
        long* strides = stackalloc[] { layer.Stride, layer.Stride },
            paddings = stackalloc[] { layer.Padding, layer.Padding },
            dilations = stackalloc[] { 1L, 1L };
        nint bias = layer.Bias?.Handle ?? 0,
            result;
        var type = (int)ScalarType.Float32;
        fixed (
            byte* activation = LibTorch.NoActivation,
                algorithm = LibTorch.NoAlgorithm
        )
        {
            var pointer = algorithm;
            LibTorch.Check(
                LibTorch.aoti_torch_cpu__qconv_pointwise_tensor(
                    input.Handle,
                    _inputScale.Handle,
                    _inputZeroPoint.Handle,
                    packed.Handle,
                    _weightScale.Handle,
                    _weightZeroPoint.Handle,
                    bias == 0 ? null : &bias,
                    strides,
                    2,
                    paddings,
                    2,
                    dilations,
                    2,
                    1,
                    1,
                    0,
                    &type,
                    activation,
                    null,
                    0,
                    &pointer,
                    &result
                ),
                nameof(Convolve)
            );
        }
        GC.KeepAlive(layer);
        return Tensor.UnsafeCreateTensor(result);
    }

    private Tensor Multiply(Tensor input, Tensor packed, Tensor? bias)
    {
        nint biasHandle = bias?.Handle ?? 0,
            result;
        var type = (int)ScalarType.Float32;
        fixed (
            byte* activation = LibTorch.NoActivation,
                algorithm = LibTorch.NoAlgorithm
        )
            LibTorch.Check(
                LibTorch.aoti_torch_cpu__qlinear_pointwise_tensor(
                    input.Handle,
                    _inputScale.Handle,
                    _inputZeroPoint.Handle,
                    packed.Handle,
                    _weightScale.Handle,
                    _weightZeroPoint.Handle,
                    bias is null ? null : &biasHandle,
                    1,
                    0,
                    &type,
                    activation,
                    null,
                    0,
                    algorithm,
                    &result
                ),
                nameof(Multiply)
            );
        return Tensor.UnsafeCreateTensor(result);
    }
}
