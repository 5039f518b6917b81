using System.Reflection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Groundling.Cli.Mcp;

/// <summary>The tools over a pair of streams, as clients that start this program talk to it.</summary>
internal static class OwnServer
{
    /// <summary>How the server introduces itself.</summary>
    public static void Introduce(McpServerOptions options)
    {
        options.ServerInfo = new Implementation
        {
            Name = "groundling",
            Title = "Groundling: panoptic narrative grounding",
            Version = typeof(OwnServer).Assembly.GetName().Version!.ToString(3),
        };
        options.ServerInstructions =
            "Finds the phrases of a caption in a picture, a segmentation mask for each. Begin with 'about', which says what model answers and which folders can be read; then ground_picture.";
    }

    /// <summary>Answers until the input ends, or until told to stop.</summary>
    /// <param name="tools">What there is to call.</param>
    /// <param name="input">The client's messages.</param>
    /// <param name="output">The answers; nothing else may be written there.</param>
    /// <param name="stop">Stops.</param>
    public static async Task RunAsync(GroundlingTools tools, Stream input, Stream output, CancellationToken stop)
    {
        var options = new McpServerOptions { ToolCollection = [] };
        Introduce(options);
        foreach (var method in typeof(GroundlingTools).GetMethods().Where(m => m.GetCustomAttribute<McpServerToolAttribute>() is not null))
            options.ToolCollection.Add(McpServerTool.Create(method, method.IsStatic ? null : tools));
        await using var transport = new StreamServerTransport(input, output, options.ServerInfo!.Name);
        await using var server = McpServer.Create(transport, options);
        try
        {
            await server.RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Being told to stop is the usual end.
        }
    }
}
