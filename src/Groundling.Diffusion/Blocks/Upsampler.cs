using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Doubles an image: nearest pixel, then a convolution.</summary>
internal sealed class Upsampler : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly ConvolutionLayer _conv;

    public Upsampler(long channels)
        : base(nameof(Upsampler))
    {
        _conv = new(channels, channels, 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image) // [B, C, h, w] -> [B, C, 2h, 2w]
    {
        using var scope = NewDisposeScope();
        var doubled = functional.interpolate(image, size: [2 * image.shape[2], 2 * image.shape[3]], mode: InterpolationMode.Nearest);
        return _conv.call(doubled).MoveToOuterDisposeScope();
    }
}
