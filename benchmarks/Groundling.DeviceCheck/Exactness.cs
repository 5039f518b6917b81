using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>Whether the same step twice gives the same gradients to the bit, on which an exact resume rests.</summary>
internal static class Exactness
{
    public static void Check(Report report, ComputeDevice place) =>
        report.Part(
            "the same step twice",
            () =>
            {
                using var scope = NewDisposeScope();
                using var generator = new Generator(5);
                var preset = ModelPreset.Tiny;
                using UNet unet = new UNet(preset.UNet).Initialize(generator).to(place.Device).Freeze(Rearrangement.None);
                using Vae vae = new Vae(preset.Vae).Initialize(generator).to(place.Device).Freeze(Rearrangement.None);
                using var model = new GroundingModel(unet, vae, new() { Classes = 46 }).Initialize(generator).to(place.Device);
                using var points = new ShiftedPoints(place.Device, model.Config.Loss);
                var step = new TrainingStep(model, unet, place, points);
                var made = Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                    {
                        foreach (var parameter in model.parameters())
                            parameter.grad = null;
                        step.Run(2, 128).Dispose();
                        return model
                            .NamedTensors()
                            .Where(pair => pair.Tensor.grad is not null)
                            .Select(pair => pair.Tensor.grad!.clone())
                            .ToList();
                    })
                    .ToList();
                var differ = made[0].Zip(made[1]).Count(pair => !pair.First.allclose(pair.Second, rtol: 0, atol: 0));
                Report.Say($"{differ} of {made[0].Count} gradients differ");
            }
        );
}
