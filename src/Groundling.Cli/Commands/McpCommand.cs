using System.CommandLine;
using Groundling.Cli.Mcp;
using Groundling.Torch;

namespace Groundling.Cli.Commands;

/// <summary>groundling mcp: the tools for programs that speak the Model Context Protocol.</summary>
internal static class McpCommand
{
    public static Command Create(CancellationToken stop)
    {
        var (model, device, threads, allow) = (new ModelOptions(), new DeviceOptions(), CommonOptions.Threads(), Allow());
        var command = new Command(
            "mcp",
            "Answer a client of the Model Context Protocol on standard input and output; over HTTP: groundling serve --mcp."
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
            allow,
            device.Name,
            device.Kind,
            threads,
        };
        command.SetAction(parsed =>
        {
            var folders = new AllowedFolders(parsed.GetValue(allow) ?? []);
            CommonOptions.UseThreads(parsed.GetValue(threads));
            using var pipeline = model.Read(parsed, stop).Open(Rearrangement.ManyPasses, device.Read(parsed).Find());
            using var own = new OwnModel(pipeline);
            using var input = Console.OpenStandardInput();
            using var output = Console.OpenStandardOutput();
            OwnServer.RunAsync(new(own, folders), input, output, stop).GetAwaiter().GetResult();
        });
        return command;
    }

    /// <summary>The folders whose files clients may name.</summary>
    public static Option<string[]> Allow() =>
        new("--allow")
        {
            Description = "Folders that clients may read, with all in them; nothing else is opened",
            HelpName = "DIR...",
            AllowMultipleArgumentsPerToken = true,
        };
}
