using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Latents, noise and times as the UNet is trained and measured with them: drawn on the CPU, alike for every device, and sent to the
/// autoencoder's.
/// </summary>
/// <param name="vae">The autoencoder of the latents.</param>
/// <param name="schedule">How noise grows.</param>
internal sealed class LatentNoise(Vae vae, NoiseSchedule schedule)
{
    /// <summary>Latents of unit variance, drawn from the encoder's distributions.</summary>
    /// <param name="moments">On the CPU, and not needed after.</param>
    /// <param name="generator">What it is drawn with.</param>
    public Tensor Draw(Tensor moments, Generator generator) // [B, 2C, h, w] -> [B, C, h, w]
    {
        using var scope = NewDisposeScope();
        var (mean, logarithm) = Parts(moments.Sent(vae.Device()));
        return Drawn(mean, logarithm, generator).Times(vae.Config.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>A distribution's mean and the logarithm of its variance, in the caller's scope.</summary>
    /// <param name="moments">[B, 2C, h, w]</param>
    public static (Tensor Mean, Tensor Logarithm) Parts(Tensor moments)
    {
        var channels = moments.shape[1] / 2;
        return (moments.narrow(1, 0, channels).to(float32), moments.narrow(1, channels, channels).to(float32).Within(-30, 20));
    }

    /// <summary>A draw from a distribution, unscaled, in the caller's scope.</summary>
    public static Tensor Drawn(Tensor mean, Tensor logarithm, Generator generator) =>
        mean.Plus(logarithm.Times(0.5).exp() * Like(mean, generator));

    /// <summary>The latents' means, of unit variance.</summary>
    /// <param name="moments">On the CPU, and not needed after.</param>
    public Tensor Mean(Tensor moments)
    {
        using var scope = NewDisposeScope();
        return moments
            .Sent(vae.Device())
            .narrow(1, 0, vae.Config.LatentChannels)
            .to(float32)
            .Times(vae.Config.ScalingFactor)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Noise of a tensor's shape, where that lies.</summary>
    public static Tensor Like(Tensor latents, Generator generator)
    {
        using var scope = NewDisposeScope();
        return randn(latents.shape, generator: generator, device: CPU).Sent(latents.device).MoveToOuterDisposeScope();
    }

    /// <summary>One time from each of as many equal stretches: a batch's loss then varies less with the luck of the draw.</summary>
    public Tensor Times(int count, Generator generator) // [B]
    {
        using var scope = NewDisposeScope();
        var spread = HeldScalars
            .Range(count, float32, CPU)
            .Plus(rand([count], generator: generator, device: CPU))
            .Times((double)schedule.Steps / count);
        return spread.to(int64).AtMost(schedule.Steps - 1).Sent(vae.Device()).MoveToOuterDisposeScope();
    }
}
