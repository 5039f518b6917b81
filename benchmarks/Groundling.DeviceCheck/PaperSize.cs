using System.Diagnostics;
using System.Runtime.InteropServices;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>UNet passes and whole training steps at Stable Diffusion 1.5's size with random weights.</summary>
internal static class PaperSize
{
    private const double PassFlop = 803e9; // of the UNet at 64 x 64 latents, counted by groundling bench
    private const int Rounds = 6;

    public static void Check(Report report, ComputeDevice place)
    {
        UNet? unet = null;
        Vae? vae = null;
        report.Part(
            "a UNet of Stable Diffusion 1.5, random",
            () =>
            {
                if (place.IsCpu)
                {
                    Report.Say("left out on the CPU");
                    return;
                }
                var preset = ModelPreset.StableDiffusion15;
                using var generator = new Generator(5);
                unet = new UNet(preset.UNet).Initialize(generator).to(place.Device).Freeze(Rearrangement.None);
                vae = new Vae(preset.Vae).Initialize(generator).to(place.Device).Freeze(Rearrangement.None);
                Report.Say(Memory.Shown(place));
            }
        );
        if (unet is null || vae is null)
            return;
        using var ownsUNet = unet;
        using var ownsVae = vae;
        foreach (var precision in new[] { ComputePrecision.F32, ComputePrecision.Tf32, ComputePrecision.Bf16 })
            Passes(report, ComputeDevice.Find(place.Name, precision), unet);
        foreach (var savesMemory in new[] { false, true })
            report.Part(
                $"training steps, bf16{(savesMemory ? ", blocks run again" : "")}",
                () => Steps(report, ComputeDevice.Find(place.Name, ComputePrecision.Bf16), unet, vae, savesMemory)
            );
    }

    private static void Passes(Report report, ComputeDevice place, UNet unet) =>
        report.Part(
            $"UNet passes, {place.Precision}",
            () =>
            {
                foreach (var count in new[] { 1, 2, 4, 8, 16 })
                {
                    using var frozen = no_grad();
                    using var scope = NewDisposeScope();
                    var (latents, words, time) = (
                        ones(count, 4, 64, 64, device: place.Device),
                        ones(count, 77, 768, device: place.Device),
                        ones(1, dtype: int64, device: place.Device)
                    );
                    var median = Costs.Median(
                        place,
                        () =>
                        {
                            using var pass = place.BeginPass();
                            unet.call(latents, time, new TextPrompt(words)).Dispose();
                        }
                    );
                    Report.Say($"batch {count, 2}: {median:F2} ms, {count * PassFlop / median / 1e9:F1} TFLOP/s; {Memory.Shown(place)}");
                }
            }
        );

    private static void Steps(Report report, ComputeDevice place, UNet unet, Vae vae, bool savesMemory)
    {
        using var generator = new Generator(1);
        using var model = new GroundingModel(unet, vae, new() { Classes = 133 }).Initialize(generator).to(place.Device);
        model.SavesMemory = savesMemory;
        foreach (var parameter in model.parameters())
            parameter.requires_grad_(true);
        using var vector = new ParameterVector([.. model.NamedTensors()], _ => true);
        using var optimizer = new AdamW(vector, new TrainingSettings { Steps = 100 });
        using var points = new ShiftedPoints(place.Device, model.Config.Loss);
        var work = new TrainingStep(model, unet, place, points);
        Report.Say($"{vector.Length / 1e6:F1} M numbers to train; {Memory.Shown(place)}");
        long step = 0;
        foreach (var count in new[] { 1, 2, 4, 8, 16 })
        {
            if (report.IsLate)
                return;
            try
            {
                var times = Enumerable.Range(0, Rounds).Select(_ => Timed(count)).Skip(2).ToList();
                var median = Enumerable
                    .Range(0, 4)
                    .Select(part => times.Select(time => time[part]).Order().ElementAt(times.Count / 2))
                    .ToArray();
                Report.Say(
                    $"batch {count, 2}: forward {median[0]:F0} ms, losses {median[1]:F0}, backward {median[2]:F0}, update {median[3]:F0}; {count / median.Sum() * 1000:F1} pictures/s; {Memory.Shown(place)}"
                );
            }
            catch (ExternalException e)
            {
                Report.Say($"batch {count}: {e.Message.Split('\n')[0]}");
                return;
            }
        }

        double[] Timed(int count)
        {
            var marks = new List<double>();
            var watch = Stopwatch.StartNew();
            vector.ClearGradients();
            work.Run(count, 512, Mark).Dispose();
            vector.Clip(vector.Norm(), 0.01);
            optimizer.Update(++step, 1e-4);
            Mark();
            return [.. marks];

            void Mark()
            {
                Memory.Wait(place);
                marks.Add(watch.Elapsed.TotalMilliseconds);
                watch.Restart();
            }
        }
    }
}
