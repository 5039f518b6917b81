using System.Diagnostics;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>One model computed in all the ways that this machine has, in turns, so that a machine's moods strike them alike.</summary>
/// <param name="Model">The folder.</param>
/// <param name="Size">The picture's sides.</param>
/// <param name="Threads">How many compute.</param>
/// <param name="Ways">The ways.</param>
internal sealed record BenchComparison(string Model, int Size, int Threads, IReadOnlyList<BenchComparison.Way> Ways)
{
    /// <summary>What one way takes.</summary>
    /// <param name="Name">"plain" (libtorch's own operators), "f32", "bf16" or "int8".</param>
    /// <param name="Seconds">Medians of each work.</param>
    /// <param name="OpenSeconds">From the folder to the first answer's end.</param>
    /// <param name="ResidentMb">How much more memory the process has since.</param>
    /// <param name="Error">How far the UNet's features are from the plain ones: the length of the difference, of the worst level.</param>
    /// <param name="Cosine">Their cosine with the plain ones, of the worst level.</param>
    internal sealed record Way(
        string Name,
        IReadOnlyDictionary<string, double> Seconds,
        double OpenSeconds,
        double ResidentMb,
        double Error,
        double Cosine
    );

    private sealed record Running(string Name, BenchSubject Subject, double ResidentMb) : IDisposable
    {
        public Dictionary<string, List<double>> Seconds { get; } = [];

        public IReadOnlyList<BenchSubject.Work> Works => Name == Int8 ? Subject.Forward : [.. Subject.Forward, Subject.Back];

        public IDisposable? Begin() => Name == Plain ? new PlainOperators() : null;

        public void Dispose() => Subject.Dispose();
    }

    private const string Plain = "plain",
        Int8 = "int8";

    /// <summary>Measures.</summary>
    public static BenchComparison Of(ModelChoice model, int? side, int? phrases, int repeats, CancellationToken stop)
    {
        var running = new List<Running>();
        try
        {
            running.Add(Open(Plain, ComputePrecision.F32));
            running.Add(Open("f32", ComputePrecision.F32));
            if (ComputeDevice.CpuHasBf16)
                running.Add(Open("bf16", ComputePrecision.Bf16));
            if (QuantizedModel.IsQuantized(model.Frozen) && ComputeDevice.CpuHasInt8)
                running.Add(Open(Int8, ComputePrecision.Int8));
            for (var turn = 0; turn <= repeats; turn++) // what comes first in a process does not count
            for (var which = 0; which < running[0].Works.Count; which++)
                foreach (var way in running.Where(way => which < way.Works.Count))
                    Measure(way, way.Works[which], counts: turn > 0);
            using var scope = NewDisposeScope();
            var plain = Features(running[0]);
            return new(
                model.Frozen,
                running[0].Subject.Side,
                get_num_threads(),
                [.. running.Select(way => Result(way, plain, Features(way)))]
            );
        }
        finally
        {
            running.ForEach(way => way.Dispose());
        }

        Running Open(string name, ComputePrecision precision)
        {
            stop.ThrowIfCancellationRequested();
            var before = ResidentMemory.Now;
            var place = ComputeDevice.Find("cpu", precision);
            using var only = name == Plain ? new PlainOperators() : null;
            var extent = name == Plain ? Rearrangement.None : Rearrangement.ManyPasses;
            var subject = new BenchSubject(() => model.Open(extent, place), place, side, phrases, stop);
            return new(name, subject, (ResidentMemory.Now - before) / 1e6);
        }

        void Measure(Running way, BenchSubject.Work work, bool counts)
        {
            stop.ThrowIfCancellationRequested();
            using var only = way.Begin();
            using var scope = NewDisposeScope();
            var watch = Stopwatch.StartNew();
            work.Do();
            if (!counts)
                return;
            if (!way.Seconds.TryGetValue(work.Name, out var seconds))
                way.Seconds[work.Name] = seconds = [];
            seconds.Add(watch.Elapsed.TotalSeconds);
        }
    }

    /// <summary>As a table: seconds, and how many times as fast as the plain way.</summary>
    public void Print(TextWriter output)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("seconds");
        foreach (var way in Ways)
            table.AddColumn(new TableColumn(way.Name).RightAligned());
        var plain = Ways[0];
        foreach (var work in plain.Seconds.Keys)
            table.AddRow([work, .. Ways.Select(way => Cell(way, work))]);
        table.AddRow(["open, first answer", .. Ways.Select(way => $"{way.OpenSeconds:F1}")]);
        table.AddRow(["resident MB", .. Ways.Select(way => $"{way.ResidentMb:F0}")]);
        table.AddRow(["features: error", .. Ways.Select(way => way == plain ? "" : $"{way.Error:G2}")]);
        table.AddRow(["features: cosine", .. Ways.Select(way => way == plain ? "" : $"{way.Cosine:F5}")]);
        Terminal.On(output).Write(table);
        output.WriteLine($"{Model} at {Size} pixels, {Threads} threads; medians, in turns; (x): times as fast as libtorch's own operators");

        string Cell(Way way, string work) =>
            !way.Seconds.TryGetValue(work, out var seconds) ? ""
            : way == plain ? $"{seconds:F3}"
            : $"{seconds:F3} ({plain.Seconds[work] / seconds:F2}x)";
    }

    private static IReadOnlyList<Tensor> Features(Running way)
    {
        using var only = way.Begin();
        return way.Subject.Features();
    }

    private static Way Result(Running way, IReadOnlyList<Tensor> plain, IReadOnlyList<Tensor> found) =>
        new(
            way.Name,
            way.Seconds.ToDictionary(work => work.Key, work => work.Value.Order().ElementAt(work.Value.Count / 2)),
            way.Subject.OpenSeconds,
            way.ResidentMb,
            plain.Zip(found).Max(pair => ((pair.First - pair.Second).norm() / pair.First.norm()).item<float>()),
            plain.Zip(found).Min(pair => nn.functional.cosine_similarity(pair.First, pair.Second, dim: 0).item<float>())
        );
}
