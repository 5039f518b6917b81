using System.Diagnostics;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.DeviceCheck;

/// <summary>What a small operation and a copy cost, and what the device can do at most.</summary>
internal static class Costs
{
    public static void Check(Report report, ComputeDevice place)
    {
        report.Part(
            "a small operation",
            () =>
            {
                const int times = 20_000;
                using var scope = NewDisposeScope();
                var x = ones(4, device: place.Device);
                for (var i = 0; i < 1000; i++)
                    x.Plus(x).Dispose();
                Memory.Wait(place);
                var watch = Stopwatch.StartNew();
                for (var i = 0; i < times; i++)
                    x.Plus(x).Dispose();
                var asked = watch.Elapsed;
                Memory.Wait(place);
                Report.Say(
                    $"asked for in {asked.TotalMicroseconds / times:F2} us, done in {watch.Elapsed.TotalMicroseconds / times:F2} us"
                );
            }
        );
        report.Part(
            "32 MB to the device",
            () =>
            {
                if (place.IsCpu)
                    return;
                using var scope = NewDisposeScope();
                var plain = ones(8 << 20, device: CPU);
                Report.Say(
                    $"{Median(place, () => plain.to(place.Device).Dispose()):F2} ms, through pinned memory {Median(place, () => plain.clone().Sent(place.Device).Dispose()):F2} ms"
                );
            }
        );
        report.Part(
            "matrix products of 8192",
            () =>
            {
                using var scope = NewDisposeScope();
                var side = place.IsCpu ? 1024 : 8192;
                foreach (var type in new[] { float32, bfloat16 })
                {
                    var (a, b) = (ones(side, side, dtype: type, device: place.Device), ones(side, side, dtype: type, device: place.Device));
                    Report.Say($"{type}: {2.0 * side * side * side / Median(place, () => a.matmul(b).Dispose()) / 1e9:F1} TFLOP/s");
                }
            }
        );
    }

    /// <summary>Milliseconds of a piece of work, the device's included.</summary>
    public static double Median(ComputeDevice place, Action work)
    {
        for (var i = 0; i < 3; i++)
            work();
        Memory.Wait(place);
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var watch = Stopwatch.StartNew();
            work();
            Memory.Wait(place);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        return times.Order().ElementAt(times.Count / 2);
    }
}
