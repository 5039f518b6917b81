using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>A square two-dimensional convolution, with weights that are loaded or initialised later, and rearranged for speed once they are frozen.</summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class ConvolutionLayer : Module<Tensor, Tensor>, IFreezableLayer
{
    private const long SmallestPacked = 1 << 16;
    private readonly Lock _gate = new();
    private readonly long _stride, _padding;
    private Func<Tensor, Tensor>? _fast;
    private IDisposable? _rearranged;
    private bool _frozen;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="stride">Step between its places.</param>
    /// <param name="padding">Zeros around the input; half the kernel where null.</param>
    public ConvolutionLayer(long inputs, long outputs, long kernel, long stride = 1, long? padding = null) : base(nameof(ConvolutionLayer))
    {
        (_stride, _padding) = (stride, padding ?? kernel / 2);
        _weight = Parameters.Reserve(outputs, inputs, kernel, kernel);
        _bias = Parameters.Reserve(outputs);
        RegisterComponents();
    }

    /// <param name="input">[B, inputs, h, w]</param>
    /// <returns>[B, outputs, h', w'], channels last when the input is.</returns>
    public override Tensor forward(Tensor input)
    {
        if (!_frozen || !PackedWeight.Serves(input))
            return functional.conv2d(input, _weight, _bias, strides: [_stride, _stride], padding: [_padding, _padding]);
        lock (_gate) _fast ??= Rearrange(input.shape);
        return _fast(input);
    }

    /// <summary>The way of computing that suits the first images seen; others are computed the same way.</summary>
    private Func<Tensor, Tensor> Rearrange(long[] imageShape)
    {
        Func<Tensor, Tensor> fast;
        if (_stride == 1 && _padding == 1 && WinogradWeight.Pays(_weight.shape, imageShape))
        {
            var winograd = new WinogradWeight(_weight);
            (_rearranged, fast) = (winograd, image => winograd.Convolve(image, _bias));
        }
        else
        {
            var packed = PackedWeight.ForConvolution(_weight, _stride, _padding, imageShape);
            (_rearranged, fast) = (packed, image => packed.Convolve(image, _bias, _stride, _padding));
        }
        MappedFile.ReleasePages(_weight);
        return fast;
    }

    /// <inheritdoc/>
    public void Freeze() => _frozen = PackedWeight.Supported && _weight.numel() >= SmallestPacked;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _rearranged?.Dispose();
        base.Dispose(disposing);
    }
}
