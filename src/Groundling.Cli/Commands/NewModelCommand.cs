using System.CommandLine;
using Groundling.Diffusion;
using Spectre.Console;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling new-model: a folder of random weights, for pretraining, tests and benchmarks.</summary>
internal static class NewModelCommand
{
    public static Command Create(CancellationToken stop)
    {
        var preset = new Option<string>("--preset")
        {
            Description = $"Sizes: {string.Join(", ", ModelPreset.All.Select(p => p.Name))}",
            HelpName = "NAME",
            DefaultValueFactory = _ => ModelPreset.Tiny.Name,
        };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same weights", HelpName = "S" };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder to make",
            HelpName = "DIR",
            Required = true,
        };
        var half = new Option<bool>("--half") { Description = "Store float16 instead of float32" };
        var tokenizer = new Option<string?>("--tokenizer")
        {
            Description = "A tokenizer folder to copy (vocab.json, merges.txt); a byte-level one is made if not given",
            HelpName = "DIR",
        };
        var quiet = CommonOptions.Quiet();
        var command = new Command("new-model", "Make a randomly initialised model folder.")
        {
            preset,
            seed,
            output,
            half,
            tokenizer,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(preset)!;
            var sizes =
                ModelPreset.All.FirstOrDefault(p => p.Name == name)
                ?? throw new InputException($"--preset {name} is not known: {string.Join(", ", ModelPreset.All.Select(p => p.Name))}");
            if (parsed.GetValue(seed) < 0)
                throw new InputException($"--seed {parsed.GetValue(seed)} is out of range: 0 or more");
            var folder = parsed.GetValue(output)!;
            ModelFolderWriter.WriteRandom(
                folder,
                sizes,
                (ulong)parsed.GetValue(seed),
                parsed.GetValue(half) ? ScalarType.Float16 : ScalarType.Float32,
                parsed.GetValue(tokenizer),
                cancellation: stop
            );
            if (!parsed.GetValue(quiet))
                parsed.InvocationConfiguration.Output.WriteLine(
                    $"{folder}: {sizes.Name}, randomly initialised; its masks mean nothing until it is trained"
                );
        });
        return command;
    }
}
