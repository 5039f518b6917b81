using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// A square two-dimensional convolution, from [B, inputs, h, w] to [B, outputs, h', w'], channels last when the input is; with weights
/// that are loaded or initialised later, and rearranged (prepacked) for speed once they are frozen.
/// </summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class ConvolutionLayer : RearrangeableLayer
{
    private const long Lanes = 16;

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
    public override Tensor Weight => _weight;

    /// <inheritdoc/>
    public override Tensor? Bias => _bias;

    /// <inheritdoc/>
    public override long Stride { get; }

    /// <inheritdoc/>
    public override long Padding { get; }

    private protected override Tensor ComputePlainly(Tensor input)
    {
        // The way back through an image of rows of planes multiplies memory that nothing has written by zero, where the outputs fill no
        // vector: not a number, if that is what lies there. Through an image with channels last it does not.
        if (is_grad_enabled() && _weight.shape[0] % Lanes != 0)
            input = input.ToChannelsLast();
        return functional.conv2d(input, _weight, _bias, strides: [Stride, Stride], padding: [Padding, Padding]);
    }

    private protected override Tensor BringBackPlainly(Tensor gradient) =>
        functional.conv2d(gradient, Turned(), padding: [BackPadding, BackPadding]);

    private protected override IRearrangedWeight Rearrange(Rearrangement extent, PackSlot? slot) =>
        new RearrangedConvolution(_weight.shape, _weight.dtype, () => _weight.alias(), Stride, Padding, extent, slot);

    private protected override IRearrangedWeight? RearrangeBack()
    {
        if (Stride != 1)
            return null;
        long[] turned = [_weight.shape[1], _weight.shape[0], .. _weight.shape[2..]];
        return new RearrangedConvolution(turned, _weight.dtype, Turned, 1, BackPadding, Rearrangement.ManyPasses, slot: null);
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
}
