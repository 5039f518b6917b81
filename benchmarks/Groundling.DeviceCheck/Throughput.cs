using System.Diagnostics;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Torch;

namespace Groundling.DeviceCheck;

/// <summary>Pictures a second from picture to masks.</summary>
internal static class Throughput
{
    public static void Check(Report report, ComputeDevice place, string model, Picture picture, Caption caption) =>
        report.Part(
            "ground",
            () =>
            {
                const int times = 20;
                using var pipeline = GroundingPipeline.Open(new GroundingPipelineOptions { ModelFolder = model, Device = place.Name });
                for (var i = 0; i < 3; i++)
                    pipeline.Ground(picture, caption);
                var watch = Stopwatch.StartNew();
                for (var i = 0; i < times; i++)
                    pipeline.Ground(picture, caption);
                Report.Say(
                    $"{times / watch.Elapsed.TotalSeconds:F1} pictures/s one after another, {caption.Phrases.Count} phrases, on {pipeline.Diffusion.Place}; {Memory.Shown(place)}"
                );
            }
        );
}
