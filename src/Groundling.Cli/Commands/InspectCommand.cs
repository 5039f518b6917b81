using System.CommandLine;
using System.Text.Json;
using Groundling.Core;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling inspect: what a model folder holds, and whether it loads.</summary>
internal static class InspectCommand
{
    public static Command Create(CancellationToken stop)
    {
        var folder = new Argument<string>("MODEL")
        {
            Description = "The model: a folder, a whole model's .safetensors file, or OWNER/NAME[@REVISION] of the hub",
        };
        var (model, yes, json) = (new ModelOptions(), ModelPlace.Yes(), CommonOptions.Json());
        var (trained, vae, tokenizer) = (model.Trained, model.Vae, model.Tokenizer);
        var command = new Command("inspect", "Show what a model folder holds, whether it loads, and why not.")
        {
            folder,
            trained,
            vae,
            tokenizer,
            yes,
            json,
        };
        command.SetAction(parsed =>
        {
            var frozen = ModelPlace.Find(parsed.GetValue(folder)!, parsed.GetValue(yes), parsed.InvocationConfiguration.Error, stop);
            var parts = ModelInspection.Inspect(frozen, parsed.GetValue(vae), parsed.GetValue(tokenizer));
            if ((parsed.GetValue(trained) ?? (GroundingFolder.Exists(frozen) ? frozen : null)) is { } place)
                parts = [.. parts, GroundingInspection.Inspect(place, frozen)];
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(parts, SnakeCaseJson.Indented));
            else
                Print(parts, output);
            var broken = parts.Where(part => part.Faults.Count > 0).Select(part => part.Name).ToList();
            if (broken.Count == 0)
                return 0;
            parsed.InvocationConfiguration.Error.WriteLine(
                $"error: {frozen}: {string.Join(", ", broken)} cannot be loaded, for the reasons above"
            );
            return CommandLine.UserError;
        });
        return command;
    }

    private static void Print(IReadOnlyList<PartInspection> parts, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("part", "parameters", "type", "MB", "config", "loads");
        foreach (var column in table.Columns.Skip(1).Take(3))
            column.RightAligned();
        foreach (var part in parts)
            table.AddRow(
                part.Name,
                part.Parameters == 0 ? "" : $"{part.Parameters:N0}",
                part.Types,
                part.Bytes == 0 ? "" : $"{part.Bytes / 1e6:F1}",
                Terminal.Text(part.Config),
                part.Faults.Count == 0 ? "[green]yes[/]" : "[red]no[/]"
            );
        var console = Terminal.On(output);
        console.Write(table);
        foreach (var part in parts)
        {
            foreach (var fault in part.Faults)
                output.WriteLine($"{part.Name} does not load: {fault}");
            foreach (var warning in part.Warnings)
                output.WriteLine($"{part.Name}: warning: {warning}");
        }
    }
}
