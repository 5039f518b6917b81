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
public sealed class ConvolutionLayer : Module<Tensor, Tensor>, IRearrangeable, IQuantizableLayer
{
    private const long SmallestPacked = 1 << 16,
        Lanes = 16;
    private readonly Lock _gate = new();
    private WinogradWeight? _winograd;
    private PackedWeight? _packed;
    private Rearrangement _extent;

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
    public override Tensor forward(Tensor input) =>
        Arithmetic is not null && PackedWeight.Serves(input) ? Arithmetic.Compute(this, input) : Compute(input);

    /// <inheritdoc/>
    public Tensor Compute(Tensor input)
    {
        Int8Weights.RequireFloat(this);
        // The image's size alone decides how it is computed, so that a picture's result does not depend on those before it.
        if (_extent != Rearrangement.None && PackedWeight.Serves(input))
        {
            if (Stride == 1 && Padding == 1 && WinogradWeight.Pays(_weight.shape, input.shape, WinogradExtent()))
                return Winograd().Convolve(input, _bias);
            if (
                PackedWeight.Supported
                && _weight.numel() >= SmallestPacked
                && (_extent == Rearrangement.ManyPasses || PackSlot.Had(Slot, PackedWeight.Kind(input.shape)))
            )
                return Packed(input.shape).Convolve(input, _bias, Stride, Padding);
        }
        // The way back through an image of rows of planes multiplies memory that nothing has written by zero, where the outputs fill no
        // vector: not a number, if that is what lies there. Through an image with channels last it does not.
        if (is_grad_enabled() && _weight.shape[0] % Lanes != 0)
            input = input.ToChannelsLast();
        return functional.conv2d(input, _weight, _bias, strides: [Stride, Stride], padding: [Padding, Padding]);
    }

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null) => (_extent, Slot) = (extent, slot);

    /// <summary>For a single pass, too, it may go all the way where that was done already.</summary>
    private Rearrangement WinogradExtent() =>
        _extent == Rearrangement.OnePass && PackSlot.Had(Slot, WinogradWeight.Kind) ? Rearrangement.ManyPasses : _extent;

    private WinogradWeight Winograd()
    {
        lock (_gate)
        {
            if (_winograd is not null)
                return _winograd;
            _winograd = new(_weight, Slot);
            MappedFile.ReleasePages(_weight);
            return _winograd;
        }
    }

    private PackedWeight Packed(long[] imageShape)
    {
        lock (_gate)
        {
            if (_packed is not null)
                return _packed;
            _packed = PackedWeight.ForConvolution(_weight, Stride, Padding, imageShape, Slot);
            MappedFile.ReleasePages(_weight);
            return _packed;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _winograd?.Dispose();
            _packed?.Dispose();
            Arithmetic?.Dispose();
        }
        base.Dispose(disposing);
    }
}
