using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>The parts of the model on the device and on the CPU, and their masks in every precision.</summary>
internal static class Parity
{
    public static void Check(Report report, ComputeDevice place, string model, Picture picture, Caption caption)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var cpu = StableDiffusion.Open(model, Rearrangement.None);
        using (var there = StableDiffusion.Open(model, Rearrangement.None, place: place))
        {
            using var generator = new Generator(1);
            var ids = tensor(new long[] { 1, 5, 9, 2, 17, 33, 2 }, [1, 7], device: CPU);
            var image = rand([1, 3, 256, 256], generator: generator, device: CPU).mul_(2).sub_(1);
            var latents = cpu.Vae.Encode(image);
            var words = cpu.Text.call(ids);
            var time = ones(1, dtype: int64, device: CPU);
            report.Part("text", () => Compare(report, there.Text.call(ids.to(place.Device)), words));
            report.Part("VAE encode", () => Compare(report, there.Vae.Encode(image.to(place.Device)), latents));
            report.Part("VAE decode", () => Compare(report, there.Vae.Decode(latents.to(place.Device)), cpu.Vae.Decode(latents)));
            report.Part(
                "UNet",
                () =>
                {
                    using UNetOutput found = there.UNet.call(
                            latents.to(place.Device),
                            time.to(place.Device),
                            new TextPrompt(words.to(place.Device))
                        ),
                        expected = cpu.UNet.call(latents, time, new TextPrompt(words));
                    Compare(report, found.Prediction, expected.Prediction);
                }
            );
        }
        Grounding? reference = null;
        report.Part("masks on the CPU", () => reference = Ground(model, ComputeDevice.Cpu));
        foreach (var precision in new[] { ComputePrecision.F32, ComputePrecision.Tf32, ComputePrecision.Bf16 })
            report.Part(
                $"masks, {precision}",
                () =>
                {
                    if (place.IsCpu && precision == ComputePrecision.Tf32)
                    {
                        Report.Say("left out on the CPU");
                        return;
                    }
                    var found = Ground(model, ComputeDevice.Find(place.Name, precision));
                    var overlaps = reference!
                        .Phrases.Zip(
                            found.Phrases,
                            (expected, own) => expected.Mask.Area + own.Mask.Area == 0 ? 1 : expected.Mask.IoU(own.Mask)
                        )
                        .ToList();
                    Report.Say($"IoU with the CPU's: least {overlaps.Min():F4}, mean {overlaps.Average():F4}, {overlaps.Count} phrases");
                }
            );
        _ = ComputeDevice.Find(place.Name, ComputePrecision.F32); // TF32 is off again

        Grounding Ground(string folder, ComputeDevice where)
        {
            using var pipeline = GroundingPipeline.Open(
                new GroundingPipelineOptions
                {
                    ModelFolder = folder,
                    Device = where.Name,
                    Precision = where.Precision,
                    Rearrangement = Rearrangement.None,
                }
            );
            return pipeline.Ground(picture, caption);
        }
    }

    private static void Compare(Report report, Tensor found, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (found.to(float32).cpu().to(float64), expected.to(float64));
        Report.Say(
            $"differs by {((a - b).norm() / b.norm()).item<double>():E1} of its size, at most {(a - b).abs().max().item<double>():E1}; largest {b.abs().max().item<double>():F3}"
        );
    }
}
