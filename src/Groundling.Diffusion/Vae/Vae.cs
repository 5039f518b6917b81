using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Stable Diffusion's variational autoencoder: pictures to latents eight times smaller, and back.</summary>
public sealed class Vae : Module<Tensor, Tensor>
{
    internal const double NormEpsilon = 1e-6;

    [ComponentName(Name = "encoder")]
    private readonly VaeEncoder _encoder;

    [ComponentName(Name = "quant_conv")]
    private readonly ConvolutionLayer _toMoments;

    [ComponentName(Name = "post_quant_conv")]
    private readonly ConvolutionLayer _fromLatents;

    [ComponentName(Name = "decoder")]
    private readonly VaeDecoder _decoder;

    /// <summary>Builds the autoencoder; its weights are still to be loaded or initialised.</summary>
    public Vae(VaeConfig config)
        : base(nameof(Vae))
    {
        Config = config;
        _encoder = new(config);
        _toMoments = new(2 * config.LatentChannels, 2 * config.LatentChannels, 1);
        _fromLatents = new(config.LatentChannels, config.LatentChannels, 1);
        _decoder = new(config);
        RegisterComponents();
    }

    /// <summary>The autoencoder's sizes.</summary>
    public VaeConfig Config { get; }

    /// <summary>The downsampling factor: how many pixels of the picture one latent spans, on each side.</summary>
    public int Stride => 1 << (Config.Widths.Count - 1);

    /// <summary>The attention's names in the published SD 1.x folders.</summary>
    public static KeyMap Keys { get; } = new(("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0"));

    /// <summary>The posterior's mode: mean latents of pictures, scaled to unit variance; no noise is added.</summary>
    /// <param name="images">[B, 3, H, W] in [-1, 1]; H and W multiples of <see cref="Stride"/>.</param>
    /// <returns>[B, C, H/8, W/8]; the caller owns it.</returns>
    public override Tensor forward(Tensor images) => Encode(images);

    /// <inheritdoc cref="forward"/>
    public Tensor Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Moments(images).narrow(1, 0, Config.LatentChannels).Times(Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>The posterior, a diagonal Gaussian: mean and logarithm of the variance of the latents' distribution, unscaled.</summary>
    /// <param name="images">[B, 3, H, W] in [-1, 1].</param>
    /// <returns>[B, 2C, H/8, W/8], the mean first; the caller owns it.</returns>
    public Tensor Moments(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _toMoments.call(_encoder.call(images)).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes: pictures of scaled latents.</summary>
    /// <param name="latents">[B, C, h, w] as <see cref="Encode"/> gives them.</param>
    /// <returns>[B, 3, 8h, 8w], about [-1, 1], not clamped; the caller owns it.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return _decoder.call(_fromLatents.call(latents.Over(Config.ScalingFactor))).MoveToOuterDisposeScope();
    }

    /// <summary>What the decoder's up blocks make of latents, one after another.</summary>
    /// <param name="latents">[B, C, h, w] scaled.</param>
    /// <param name="count">How many up blocks to run; the first doubles the latents' sides.</param>
    /// <returns>One tensor a block; the caller owns them.</returns>
    public IReadOnlyList<Tensor> DecoderLevels(Tensor latents, int count)
    {
        using var scope = NewDisposeScope();
        return
        [
            .. _decoder
                .Features(_decoder.Widen(_fromLatents.call(latents.Over(Config.ScalingFactor))), count)
                .Select(level => level.MoveToOuterDisposeScope()),
        ];
    }

    /// <summary>Channels of the decoder's first, coarsest blocks.</summary>
    public long DecoderWidth => Config.Widths[^1];

    /// <summary>
    /// What the decoder's first up block makes of an image that stands where the decoder's first convolution would put the latents.
    /// </summary>
    /// <param name="image">[B, <see cref="DecoderWidth"/>, h, w]</param>
    /// <returns>[B, <see cref="DecoderWidth"/>, 2h, 2w]; the caller owns it.</returns>
    public Tensor FirstDecoderLevel(Tensor image)
    {
        using var scope = NewDisposeScope();
        return _decoder.Features(image, 1).Single().MoveToOuterDisposeScope();
    }
}
