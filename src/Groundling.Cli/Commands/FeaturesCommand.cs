using System.CommandLine;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling features: everything one pass makes, as safetensors, for people who work in other languages.</summary>
internal static class FeaturesCommand
{
    public static Command Create(CancellationToken stop)
    {
        var picture = new Argument<string>("IMAGE") { Description = "The picture" };
        var (caption, phrases, narrative, index) = (
            CommonOptions.Caption(),
            CommonOptions.Phrases(),
            CommonOptions.Narrative(),
            CommonOptions.Index()
        );
        var (model, size, threads, quiet) = (new ModelOptions(), CommonOptions.Size(), CommonOptions.Threads(), CommonOptions.Quiet());
        var device = new DeviceOptions();
        var output = new Option<string>("--out", "-o")
        {
            Description = "The safetensors file to write",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("features", "Write latents, word and phrase states, attention maps, features and masks of one pass.")
        {
            picture,
            caption,
            phrases,
            narrative,
            index,
            model.Frozen,
            model.Trained,
            model.Untrained,
            model.Vae,
            model.Tokenizer,
            model.Yes,
            model.NoCache,
            output,
            size,
            device.Name,
            device.Kind,
            threads,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var options = new GroundingOptions { Size = parsed.GetValue(size) }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var words =
                CommonOptions.ReadCaption(
                    parsed.GetValue(caption),
                    parsed.GetValue(phrases),
                    parsed.GetValue(narrative),
                    parsed.GetValue(index)
                ) ?? throw new InputException("no caption: give --caption, --phrases or --narrative");
            var chosen = model.Read(parsed, stop);
            var file = parsed.GetValue(output)!;
            OutputPlace.RequireFile(file);
            var image = Picture.Load(parsed.GetValue(picture)!);
            using var pipeline = chosen.Open(Rearrangement.OnePass, device.Read(parsed).Find());
            using var trace = pipeline.Trace(image, words, options, keepHeads: true, stop);
            stop.ThrowIfCancellationRequested();
            foreach (var warning in pipeline.Warnings(trace))
                parsed.InvocationConfiguration.Error.WriteLine($"warning: {warning}");
            var count = FeatureFile.Write(file, pipeline, trace, words);
            if (!parsed.GetValue(quiet))
                parsed.InvocationConfiguration.Output.WriteLine($"{file}: {count} tensors");
        });
        return command;
    }
}
