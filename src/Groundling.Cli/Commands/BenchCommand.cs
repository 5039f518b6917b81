using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling bench: how fast a model folder runs here, as a share of what this machine can do.</summary>
internal static class BenchCommand
{
    /// <summary>One measured step; operations are 0 where they are not what takes the time.</summary>
    private sealed record Step(string Name, double Seconds, double Gflop, double GflopPerSecond, double ShareOfPeak, double ResidentMb);

    private sealed record Result(
        string Model,
        string Method,
        int Size,
        string Device,
        int Threads,
        double PeakGflopPerSecond,
        IReadOnlyList<Step> Steps,
        double PeakResidentMb
    );

    public static Command Create(CancellationToken stop)
    {
        var (model, device) = (new ModelOptions(), new DeviceOptions());
        var (size, threads, json) = (CommonOptions.Size(), CommonOptions.Threads(), CommonOptions.Json());
        var repeats = new Option<int>("--repeats")
        {
            Description = "Times each step is measured; the median counts",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        var phrases = new Option<int?>("--phrases")
        {
            Description = "Phrases of the caption, 1 to 256 (ten of an English sentence)",
            HelpName = "N",
        };
        var compare = new Option<bool>("--compare")
        {
            Description =
                "Compute in every way that this processor has, in turns, beside libtorch's own operators: forward, and back to the phrases",
        };
        var command = new Command(
            "bench",
            "Measure opening, text encoding, picture encoding, the UNet pass and a whole ground, beside the machine's own peak."
        )
        {
            model.Frozen,
            model.Trained,
            model.Untrained,
            model.Vae,
            model.Tokenizer,
            model.Yes,
            model.NoCache,
            model.ColourWalks,
            size,
            device.Name,
            device.Kind,
            threads,
            repeats,
            phrases,
            compare,
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(repeats) is < 1 or > 100)
                throw new InputException($"--repeats {parsed.GetValue(repeats)} is out of range: 1 to 100");
            if (parsed.GetValue(phrases) is < 1 or > 256)
                throw new InputException($"--phrases {parsed.GetValue(phrases)} is out of range: 1 to 256");
            if (parsed.GetValue(compare) && (parsed.GetValue(device.Name) ?? parsed.GetValue(device.Kind)) is not null)
                throw new InputException("--compare computes in every way of the CPU; leave out --device and --precision");
            var options = new GroundingOptions { Size = parsed.GetValue(size) is 0 ? null : parsed.GetValue(size) }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var chosen = model.Read(parsed, stop);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(compare))
            {
                var comparison = BenchComparison.Of(chosen, options.Size, parsed.GetValue(phrases), parsed.GetValue(repeats), stop);
                Show(comparison, comparison.Print);
                return;
            }
            var place = chosen.On(device.Read(parsed).Find());
            var result = Measure(chosen, place, options.Size, parsed.GetValue(phrases), parsed.GetValue(repeats), stop);
            Show(result, output => Print(result, output));

            void Show<T>(T measured, Action<TextWriter> print)
            {
                if (parsed.GetValue(json))
                    output.WriteLine(JsonSerializer.Serialize(measured, SnakeCaseJson.Indented));
                else
                    print(output);
            }
        });
        return command;
    }

    private static Result Measure(
        ModelChoice model,
        ComputeDevice place,
        int? size,
        int? phrases,
        int repeats,
        CancellationToken cancellation
    )
    {
        ModelSource.Open(model.Frozen, model.Vae); // a wrong path shows before the seconds that the peak takes
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var steps = new List<Step>();
        var peak = 0.0;
        void Add(string name, double gflop, Action work, int times)
        {
            var seconds = new List<double>();
            for (var i = 0; i < times; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var one = NewDisposeScope();
                var watch = Stopwatch.StartNew();
                work();
                if (!place.IsCpu)
                    cuda.synchronize();
                seconds.Add(watch.Elapsed.TotalSeconds);
            }
            seconds.Sort();
            var median = seconds[seconds.Count / 2];
            steps.Add(new(name, median, gflop, gflop / median, peak > 0 ? gflop / median / peak : 0, ResidentMemory.Now / 1e6));
        }

        Tensor Typed(Tensor tensor) => tensor.Sent(place.Device).to(place.Precision == ComputePrecision.Bf16 ? bfloat16 : float32);
        foreach (var side in new[] { 2048, 4096 })
        {
            var (a, b) = (Typed(randn(side, side, device: CPU)), Typed(randn(side, side, device: CPU)));
            a.matmul(b).Dispose();
            Add($"matmul {side}^3", 2.0 * side * side * side / 1e9, () => a.matmul(b), repeats + 2);
        }
        peak = steps.Max(step => step.GflopPerSecond);
        for (var i = 0; i < steps.Count; i++)
            steps[i] = steps[i] with { ShareOfPeak = steps[i].GflopPerSecond / peak };

        using var subject = new BenchSubject(() => model.Open(Rearrangement.ManyPasses, place), place, size, phrases, cancellation);
        steps.Add(new("open, first answer", subject.OpenSeconds, 0, 0, 0, ResidentMemory.Now / 1e6));
        foreach (var work in subject.Forward)
            Add(work.Name, work.Gflop, work.Do, repeats);
        var origin = subject.Pipeline.Origin;
        return new(model.Frozen, origin.Method, subject.Side, $"{place}", get_num_threads(), peak, steps, ResidentMemory.Peak / 1e6);
    }

    private static void Print(Result result, TextWriter output)
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns("step", "seconds", "GFLOP", "GFLOP/s", "share of peak", "resident MB");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (var step in result.Steps)
            table.AddRow(
                step.Name,
                $"{step.Seconds:F3}",
                step.Gflop > 0 ? $"{step.Gflop:F1}" : "",
                step.Gflop > 0 ? $"{step.GflopPerSecond:F0}" : "",
                step.Gflop > 0 ? $"{step.ShareOfPeak:P0}" : "",
                $"{step.ResidentMb:F0}"
            );
        Terminal.On(output).Write(table);
        output.WriteLine(
            $"{result.Model} ({result.Method}) at {result.Size} pixels, {result.Threads} threads, {result.Device}; peak {result.PeakGflopPerSecond:F0} GFLOP/s, {result.PeakResidentMb:F0} MB resident at most"
        );
    }
}
