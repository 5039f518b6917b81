using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Groundling.Cli.Mcp;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Groundling.Tests.Mcp;

/// <summary>The protocol's own client, and what its calls answer.</summary>
internal sealed class ToolClient(McpClient client, Func<Task>? end = null) : IAsyncDisposable
{
    public McpClient Client => client;

    /// <summary>A client of the tools inside the test's process.</summary>
    public static async Task<ToolClient> OfAsync(GroundingPipeline pipeline, params string[] folders)
    {
        var (there, back) = (new Pipe(), new Pipe());
        var model = new OwnModel(pipeline);
        var stop = new CancellationTokenSource();
        var server = OwnServer.RunAsync(new(model, new(folders)), there.Reader.AsStream(), back.Writer.AsStream(), stop.Token);
        var client = await McpClient.CreateAsync(new StreamClientTransport(there.Writer.AsStream(), back.Reader.AsStream()));
        return new(
            client,
            async () =>
            {
                await stop.CancelAsync();
                await server.WaitAsync(TimeSpan.FromSeconds(30));
                model.Dispose();
                stop.Dispose();
            }
        );
    }

    /// <summary>A tool's answer as JSON.</summary>
    public async Task<JsonNode> AskAsync(string tool, params (string Name, object? Value)[] arguments)
    {
        var answer = await CallAsync(tool, arguments);
        Assert.True(answer.IsError is not true, TextOf(answer));
        return JsonNode.Parse(TextOf(answer))!;
    }

    /// <summary>What a tool says to arguments that it refuses: one line.</summary>
    public async Task<string> RefusalAsync(string tool, params (string Name, object? Value)[] arguments)
    {
        var answer = await CallAsync(tool, arguments);
        Assert.True(answer.IsError, TextOf(answer));
        Assert.DoesNotContain('\n', TextOf(answer));
        return TextOf(answer);
    }

    public async Task<CallToolResult> CallAsync(string tool, params (string Name, object? Value)[] arguments) =>
        await client.CallToolAsync(tool, arguments.ToDictionary(a => a.Name, a => a.Value));

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        if (end is not null)
            await end();
    }

    private static string TextOf(CallToolResult answer) => answer.Content.OfType<TextContentBlock>().First().Text;
}
