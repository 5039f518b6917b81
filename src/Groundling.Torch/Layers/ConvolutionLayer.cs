using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// A square two-dimensional convolution, with weights that are loaded or initialised later, and rearranged (prepacked) for speed once
/// they are frozen.
/// </summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class ConvolutionLayer : Module<Tensor, Tensor>, IRearrangeable, IQuantizableLayer, FrozenLayerFunction.ILayer
{
    private const long Lanes = 16;
    private RearrangedConvolution? _rearranged,
        _back;
    private bool _servesOnePass;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    static ConvolutionLayer() => Nnpack.TurnOff();

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="stride">Step between its places.</param>
    /// <param name="padding">Zeros around the input; half the kernel where null.</param>
    public ConvolutionLayer(long inputs, long outputs, long kernel, long stride = 1, long? padding = null)
        : base(nameof(ConvolutionLayer))
    {
        (Stride, Padding) = (stride, padding ?? kernel / 2);
        _weight = Parameters.Reserve(outputs, inputs, kernel, kernel);
        _bias = Parameters.Reserve(outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public Tensor Weight => _weight;

    /// <inheritdoc/>
    public Tensor? Bias => _bias;

    /// <inheritdoc/>
    public long Stride { get; }

    /// <inheritdoc/>
    public long Padding { get; }

    /// <inheritdoc/>
    public PackSlot? Slot { get; private set; }

    /// <inheritdoc/>
    public ILayerArithmetic? Arithmetic { get; set; }

    /// <param name="input">[B, inputs, h, w]</param>
    /// <returns>[B, outputs, h', w'], channels last when the input is.</returns>
    public override Tensor forward(Tensor input)
    {
        var output = Arithmetic is not null && PackedWeight.Serves(input) ? Arithmetic.Compute(this, input) : Compute(input);
        if (_servesOnePass)
            ReleasePages();
        return output;
    }

    /// <inheritdoc/>
    public Tensor Compute(Tensor input)
    {
        Int8Weights.RequireFloat(this);
        if (_back is not null && PackedWeight.BringsBack(input, _weight) && _rearranged!.Suits(input))
            return FrozenLayerFunction.Run(this, input);
        if (_rearranged is not null && PackedWeight.Serves(input, _weight) && _rearranged.Suits(input))
            return _rearranged.Convolve(input, _bias);
        // The way back through an image of rows of planes multiplies memory that nothing has written by zero, where the outputs fill no
        // vector: not a number, if that is what lies there. Through an image with channels last it does not.
        if (is_grad_enabled() && _weight.shape[0] % Lanes != 0)
            input = input.ToChannelsLast();
        return functional.conv2d(input, _weight, _bias, strides: [Stride, Stride], padding: [Padding, Padding]);
    }

    Tensor FrozenLayerFunction.ILayer.Forward(Tensor input) => _rearranged!.Convolve(input, _bias);

    Tensor FrozenLayerFunction.ILayer.Back(Tensor gradient) =>
        _back!.Suits(gradient)
            ? _back.Convolve(gradient, bias: null)
            : functional.conv2d(gradient, Turned(), padding: [BackPadding, BackPadding]);

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null)
    {
        Forget();
        Slot = slot;
        _servesOnePass = extent == Rearrangement.OnePass && _weight.numel() >= MappedFile.LargeWeight;
        if (extent != Rearrangement.None)
            _rearranged = new(_weight.shape, _weight.dtype, () => _weight.alias(), Stride, Padding, extent, slot);
        if (extent == Rearrangement.ManyPasses && Stride == 1)
            _back = new(
                [_weight.shape[1], _weight.shape[0], .. _weight.shape[2..]],
                _weight.dtype,
                Turned,
                1,
                BackPadding,
                extent,
                slot: null
            );
    }

    private long BackPadding => _weight.shape[^1] - 1 - Padding;

    /// <summary>The weight of the convolution that brings a gradient back where the stride is 1.</summary>
    /// <returns>[in, out, k, k], turned by half a turn.</returns>
    private Tensor Turned()
    {
        var turned = _weight.flip(2, 3).transpose(0, 1);
        MappedFile.ReleasePages(_weight);
        return turned;
    }

    /// <summary>What a single pass has read will not be read again: large models need not lie in memory as a whole.</summary>
    private void ReleasePages()
    {
        MappedFile.ReleasePages(_weight);
        _rearranged?.ReleasePages();
        Arithmetic?.ReleasePages();
    }

    private void Forget()
    {
        _rearranged?.Dispose();
        _back?.Dispose();
        (_rearranged, _back) = (null, null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
            Arithmetic?.Dispose();
        }
        base.Dispose(disposing);
    }
}
