using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Halves an image by a strided convolution.</summary>
internal sealed class Downsampler : Module<Tensor, Tensor>
{
    private readonly bool _padRightBottom;

    [ComponentName(Name = "conv")]
    private readonly ConvolutionLayer _conv;

    /// <param name="channels">Channels in and out.</param>
    /// <param name="padRightBottom">The VAE pads only on the right and below; the UNet on all sides.</param>
    public Downsampler(long channels, bool padRightBottom)
        : base(nameof(Downsampler))
    {
        _padRightBottom = padRightBottom;
        _conv = new(channels, channels, 3, stride: 2, padding: padRightBottom ? 0 : 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image) // [B, C, h, w] -> [B, C, h/2, w/2]
    {
        if (!_padRightBottom)
            return _conv.call(image);
        using var scope = NewDisposeScope();
        return _conv.call(functional.pad(image, [0, 1, 0, 1]).ToChannelsLast()).MoveToOuterDisposeScope();
    }
}
