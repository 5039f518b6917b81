using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>Forward pass, losses and backward pass of random narratives, as a training makes them.</summary>
/// <param name="model">The model, on the device.</param>
/// <param name="unet">Its frozen UNet.</param>
/// <param name="place">The device.</param>
/// <param name="points">Where masks are compared.</param>
internal sealed class TrainingStep(GroundingModel model, UNet unet, ComputeDevice place, ShiftedPoints points)
{
    public const int Phrases = 6;

    /// <summary>One micro-batch.</summary>
    /// <param name="count">Pictures.</param>
    /// <param name="size">Their side in pixels.</param>
    /// <param name="mark">Called after the forward pass, after the losses and after the backward pass.</param>
    /// <returns>The loss; the caller owns it.</returns>
    public Tensor Run(int count, int size, Action? mark = null)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor Random(params long[] shape) => rand(shape, generator: generator, device: CPU);
        var masks = nn
            .functional.interpolate(
                Random(count, Phrases, 8, 8),
                size: [size, size],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            )
            .gt(0.5)
            .to(uint8);
        var classes = tensor(
            Enumerable.Range(0, count * Phrases).Select(i => (long)(i % model.Config.Classes)).ToArray(),
            [count, Phrases],
            device: CPU
        );
        var width = unet.Config.PromptWidth;
        var input = new GroundingInput(
            Random(count, unet.Config.InChannels, size / 8, size / 8).mul_(2).sub_(1).Sent(place.Device),
            Random(count, Phrases, width).Sent(place.Device),
            Random(count, width).Sent(place.Device),
            null
        );
        var target = new GroundingTarget(
            masks.Sent(place.Device),
            classes.Sent(place.Device),
            ones(count, Phrases, dtype: @bool, device: CPU)
        );
        using var output = Forward(input);
        mark?.Invoke();
        using var losses = new GroundingLoss(
            model.Config.Loss,
            points.For([.. Enumerable.Range(0, count * Phrases).Select(i => (ulong)i)])
        ).Compute(output, target);
        mark?.Invoke();
        losses.Total.backward();
        mark?.Invoke();
        return losses.Total.detach().MoveToOuterDisposeScope();
    }

    private GroundingOutput Forward(GroundingInput input)
    {
        using var pass = place.BeginPass();
        using var output = model.call(input);
        return output.ToFloat32();
    }
}
