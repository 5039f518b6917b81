using System.CommandLine;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Models;
using Groundling.Torch;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling quantize: a model whose products are in integers of 8 bits, calibrated on pictures and captions.</summary>
internal static class QuantizeCommand
{
    private const int Shown = 5;

    public static Command Create(CancellationToken stop)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "A model's folder, or OWNER/NAME[@REVISION] of the hub; if not given, the one that comes with the program",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var yes = ModelPlace.Yes();
        var data = new Option<string>("--data", "-d")
        {
            Description =
                "The benchmark's folder, with \"annotations\" and \"images\": pictures and captions of the kind that the model is for",
            HelpName = "DIR",
            Required = true,
        };
        var split = EvaluationCommon.Split();
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder to make",
            HelpName = "DIR",
            Required = true,
        };
        var examples = new Option<int>("--examples")
        {
            Description = "Narratives that are looked at, spread over the split",
            HelpName = "N",
            DefaultValueFactory = _ => 8,
        };
        var similarity = NumberOption.Required("--similarity", new QuantizationSettings().Similarity);
        similarity.Description =
            "The least cosine between what floats and integers make; layers stay floats, the least exact first, until it holds";
        similarity.HelpName = "C";
        var (threads, quiet) = (CommonOptions.Threads(), CommonOptions.Quiet());
        var command = new Command("quantize", "Make a model of integers: faster on a CPU, a quarter of the memory.")
        {
            model,
            yes,
            data,
            split,
            output,
            examples,
            similarity,
            threads,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var settings = new QuantizationSettings { Similarity = parsed.GetValue(similarity) }.Validated();
            var (count, folder) = (parsed.GetValue(examples), parsed.GetValue(output)!);
            if (count < 1)
                throw new InputException($"--examples {count} is out of range: 1 or more");
            ModelFolderWriter.RequireNew(folder);
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var benchmark = PngBenchmark.Open(parsed.GetValue(data)!, parsed.GetValue(split)!);
            var chosen = Spread(benchmark, count).Select(example => (example.LoadPicture(), example.Caption)).ToList();
            var place = parsed.GetValue(model) is { } named
                ? ModelPlace.Find(named, parsed.GetValue(yes), parsed.InvocationConfiguration.Error, stop)
                : SceneModel.Folder;
            using var pipeline = GroundingPipeline.Open(
                new GroundingPipelineOptions
                {
                    ModelFolder = place,
                    Device = "cpu",
                    Precision = ComputePrecision.F32,
                }
            );
            var quantizer = new ModelQuantizer(pipeline);
            QuantizationReport? report = null;
            Terminal.WithProgress(
                parsed.InvocationConfiguration.Error,
                parsed.GetValue(quiet),
                "calibrating",
                1,
                tell => report = quantizer.Run(chosen, settings, new Told(tell), stop)
            );
            QuantizedModel.Write(folder, pipeline.Diffusion, report!);
            if (!parsed.GetValue(quiet))
                Tell(report!, folder, parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private sealed class Told(Action<double> tell) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => tell(value.Share);
    }

    /// <summary>Narratives with phrases, at equal distances.</summary>
    private static IEnumerable<BenchmarkExample> Spread(PngBenchmark benchmark, int count)
    {
        var found = Enumerable
            .Range(0, benchmark.Count)
            .Where(place => (long)place * count / benchmark.Count != ((long)place - 1) * count / benchmark.Count || place == 0)
            .Select(place => benchmark[place])
            .Where(example => example.Phrases.Count > 0)
            .Take(count)
            .ToList();
        return found.Count > 0
            ? found
            : throw new InputException($"{benchmark.NarrativesPath}: no narrative of it has a phrase to calibrate with");
    }

    private static void Tell(QuantizationReport report, string folder, TextWriter output)
    {
        var table = Terminal.Table(0, "part", "layers", "integers", "parameters in integers", "least exact");
        foreach (var part in report.Layers.GroupBy(layer => layer.Part))
            table.AddRow(
                part.Key,
                $"{part.Count()}",
                $"{part.Count(layer => layer.IsInteger)}",
                $"{(double)part.Where(layer => layer.IsInteger).Sum(layer => layer.Parameters) / part.Sum(layer => layer.Parameters):P0}",
                $"{part.Max(layer => layer.Error):P1}"
            );
        Terminal.On(output).Write(table);
        foreach (var layer in report.Layers.OrderByDescending(layer => layer.Error).Take(Shown))
            output.WriteLine($"{layer.Part} {layer.Weight}: error {layer.Error:P1}, {(layer.IsInteger ? "integers" : "left in floats")}");
        foreach (var (name, cosine) in report.Similarity)
            output.WriteLine($"{name}: cosine {cosine:F5}");
        output.WriteLine(
            $"{folder}: {ModelFolder.Files(folder).Sum(file => new FileInfo(file).Length) / 1e6:F1} MB; use it as --model {folder}"
        );
    }
}
