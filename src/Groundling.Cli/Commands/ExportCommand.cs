using System.CommandLine;
using Groundling.Diffusion;
using Groundling.Modeling;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling export: a run's checkpoint and its frozen model as one folder that all commands take as --model.</summary>
internal static class ExportCommand
{
    public static Command Create(CancellationToken stop)
    {
        var checkpoint = new Argument<string>("CHECKPOINT") { Description = "Trained parts: a run's checkpoints/best" };
        var model = new Option<string?>("--model", "-m")
        {
            Description = "The frozen model, where it does not lie where the run found it: a folder, or OWNER/NAME[@REVISION] of the hub",
            HelpName = "MODEL",
        };
        var yes = ModelPlace.Yes();
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder to make",
            HelpName = "DIR",
            Required = true,
        };
        var full = new Option<bool>("--full") { Description = "Keep the trained parts in float32 instead of halving them to float16" };
        var command = new Command("export", "Put trained parts and their frozen model into one folder.")
        {
            checkpoint,
            model,
            yes,
            output,
            full,
        };
        command.SetAction(parsed =>
        {
            var (trained, folder) = (parsed.GetValue(checkpoint)!, parsed.GetValue(output)!);
            var frozen = parsed.GetValue(model) is { } named
                ? ModelPlace.Find(named, parsed.GetValue(yes), parsed.InvocationConfiguration.Error, stop)
                : ModelPlace.FrozenOf(trained);
            using var diffusion = StableDiffusion.Open(frozen);
            using var grounding = GroundingFolder.Load(trained, diffusion.UNet, diffusion.Vae);
            ModelFolderWriter.WriteWhole(
                folder,
                temporary =>
                {
                    ModelFolder.CopyFiles(frozen, temporary);
                    GroundingFolder.Save(temporary, grounding, parsed.GetValue(full) ? ScalarType.Float32 : ScalarType.Float16);
                }
            );
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{folder}: {ModelFolder.Files(folder).Sum(file => new FileInfo(file).Length) / 1e6:F1} MB; use it as --model {folder}"
            );
        });
        return command;
    }
}
