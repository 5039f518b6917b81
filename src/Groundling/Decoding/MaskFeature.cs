using Groundling.Aggregation;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Decoding;

/// <summary>The image that phrases are multiplied with to give masks, at a quarter of the input's size (Sec. 3.3).</summary>
/// <remarks>
/// Its fine detail comes from the frozen VAE decoder's first up block, by one of the two <see cref="MaskFeatureRoute"/>s.
/// </remarks>
public sealed class MaskFeature : Module<Tensor, Tensor, Tensor, Vae, Tensor>
{
    [ComponentName(Name = "to_decoder")]
    private readonly ConvolutionLayer? _toDecoder;

    [ComponentName(Name = "lateral")]
    private readonly ConvolutionLayer _lateral;

    [ComponentName(Name = "lateral_norm")]
    private readonly GroupNormLayer _lateralNorm;

    [ComponentName(Name = "out")]
    private readonly ConvolutionLayer _out;

    /// <param name="featureWidth">Channels of the UNet's last feature.</param>
    /// <param name="decoderWidth">Channels of the VAE decoder's first blocks.</param>
    /// <param name="width">D</param>
    /// <param name="route">What the decoder is given.</param>
    public MaskFeature(long featureWidth, long decoderWidth, long width, MaskFeatureRoute route)
        : base(nameof(MaskFeature))
    {
        _toDecoder = route == MaskFeatureRoute.UNet ? new(featureWidth, decoderWidth, 3) : null;
        _lateral = new(decoderWidth, width, 1);
        _lateralNorm = LevelProjection.Norm(width);
        _out = new(width, width, 3);
        RegisterComponents();
    }

    /// <param name="finest">[B, D, h, w] F''_3, stride 8.</param>
    /// <param name="feature">[B, C, h, w] the UNet's last feature.</param>
    /// <param name="latents">[B, 4, h, w] the picture's scaled latents.</param>
    /// <param name="vae">The frozen autoencoder.</param>
    /// <returns>F_m [B, D, 2h, 2w], stride 4; the caller owns it.</returns>
    public override Tensor forward(Tensor finest, Tensor feature, Tensor latents, Vae vae)
    {
        using var scope = NewDisposeScope();
        var detail = _toDecoder is null
            ? vae.DecoderLevels(latents, 1)[0]
            : vae.FirstDecoderLevel(_toDecoder.call(feature.ToChannelsLast())); // F_2
        var doubled = functional.interpolate(
            finest,
            size: [detail.shape[2], detail.shape[3]],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        );
        return _out.call(doubled.Plus(_lateralNorm.call(_lateral.call(detail))).ToChannelsLast()).MoveToOuterDisposeScope();
    }
}
