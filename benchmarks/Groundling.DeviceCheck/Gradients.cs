using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>The gradients of a training step on the device and on the CPU.</summary>
internal static class Gradients
{
    public static void Check(Report report, ComputeDevice place, string model)
    {
        Dictionary<string, Tensor>? expected = null;
        report.Part("gradients on the CPU", () => expected = Of(report, ComputeDevice.Cpu, model, savesMemory: false));
        foreach (var precision in new[] { ComputePrecision.F32, ComputePrecision.Bf16 })
        foreach (var savesMemory in new[] { false, true })
            report.Part(
                $"gradients, {precision}{(savesMemory ? ", blocks run again" : "")}",
                () =>
                {
                    var found = Of(report, ComputeDevice.Find(place.Name, precision), model, savesMemory);
                    var whole = Math.Sqrt(expected!.Values.Sum(gradient => Math.Pow(gradient.norm().item<float>(), 2)));
                    var worst = expected.Max(pair => (found[pair.Key] - pair.Value).norm().item<float>());
                    Report.Say(
                        $"{found.Count} of {expected.Count} gradients; the worst differs by {worst / whole:E1} of all; {Memory.Shown(place)}"
                    );
                    foreach (var gradient in found.Values)
                        gradient.Dispose();
                }
            );
    }

    private static Dictionary<string, Tensor> Of(Report report, ComputeDevice place, string folder, bool savesMemory)
    {
        using var scope = NewDisposeScope();
        using var diffusion = StableDiffusion.Open(folder, Rearrangement.None, place: place);
        using var generator = new Generator(1);
        var config = new GroundingConfig
        {
            Classes = 46,
            Loss = new() { Points = 256 },
        };
        using var model = new GroundingModel(diffusion.UNet, diffusion.Vae, config).Initialize(generator).to(place.Device);
        model.SavesMemory = savesMemory;
        foreach (var parameter in model.parameters())
            parameter.requires_grad_(true);
        using var points = new ShiftedPoints(place.Device, config.Loss);
        Report.Say($"loss {new TrainingStep(model, diffusion.UNet, place, points).Run(2, 128).item<float>():F4} on {place}");
        return model
            .NamedTensors()
            .Where(pair => pair.Tensor.grad is not null)
            .ToDictionary(pair => pair.Name, pair => pair.Tensor.grad!.cpu().clone().DetachFromDisposeScope());
    }
}
