using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Latents and times as the UNet is trained and measured with them.</summary>
/// <param name="vae">The autoencoder of the latents.</param>
/// <param name="schedule">How noise grows.</param>
internal sealed class LatentNoise(Vae vae, NoiseSchedule schedule)
{
    /// <summary>Latents of unit variance, drawn from the encoder's distributions.</summary>
    public Tensor Draw(Tensor moments, Generator generator)                    // [B, 16, h, w] -> [B, 8, h, w]
    {
        using var scope = NewDisposeScope();
        var channels = vae.Config.LatentChannels;
        var (mean, logarithm) = (moments.narrow(1, 0, channels).to(float32), moments.narrow(1, channels, channels).to(float32).clamp(-30, 20));
        return ((mean + (0.5 * logarithm).exp() * randn(mean.shape, generator: generator)) * vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>The latents' means, of unit variance.</summary>
    public Tensor Mean(Tensor moments)
    {
        using var scope = NewDisposeScope();
        return (moments.narrow(1, 0, vae.Config.LatentChannels).to(float32) * vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>One time from each of as many equal stretches: a batch's loss then varies less with the luck of the draw.</summary>
    public Tensor Times(int count, Generator generator)                        // [B]
    {
        using var scope = NewDisposeScope();
        return ((arange(count, dtype: float32) + rand([count], generator: generator)) * ((double)schedule.Steps / count)).to(int64).clamp_max(schedule.Steps - 1).MoveToOuterDisposeScope();
    }
}
