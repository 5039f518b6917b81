using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>A square two-dimensional convolution, with weights that are loaded or initialised later, and packed once they are frozen.</summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class ConvolutionLayer : Module<Tensor, Tensor>, IFreezableLayer
{
    private const long SmallestPacked = 1 << 16;
    private readonly Lock _gate = new();
    private readonly long _stride, _padding;
    private PackedWeight? _packed;
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
        lock (_gate)
        {
            if (_packed is null)
            {
                _packed = PackedWeight.ForConvolution(_weight, _stride, _padding, input.shape);
                MappedFile.ReleasePages(_weight);
            }
        }
        return _packed.Convolve(input, _bias, _stride, _padding);
    }

    /// <inheritdoc/>
    public void Freeze() => _frozen = PackedWeight.Supported && _weight.numel() >= SmallestPacked;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _packed?.Dispose();
        base.Dispose(disposing);
    }
}
