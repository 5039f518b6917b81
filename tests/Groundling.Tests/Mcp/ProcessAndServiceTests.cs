using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Web;
using ModelContextProtocol.Client;

namespace Groundling.Tests.Mcp;

/// <summary>The tools of the program itself: on standard input and output, and beside the service.</summary>
public sealed class ProcessAndServiceTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_that_starts_the_program_gets_the_masks_of_the_command()
    {
        var samples = Path.Combine(Shared.Root, "samples");
        var expected = JsonNode.Parse(
            CommandRun.Of("ground", Path.Combine(samples, "harbor.png"), "--json", "--quiet", "--out", _folder.File("out")).Works().Output
        )!;
        Assert.True(expected["phrases"]!.AsArray().Count > 5);
        var program = new StdioClientTransport(new() { Command = GroundlingProgram.Place, Arguments = ["mcp", "--allow", samples] });
        await using var client = new ToolClient(await McpClient.CreateAsync(program));
        var told = await client.AskAsync("ground_picture", ("path", "harbor.png"));
        // A program that grounds many pictures rearranges its weights: the last digits of scores may differ, masks must not.
        Assert.Equal(Masks(expected), Masks(told));
        Assert.All(
            expected["phrases"]!.AsArray().Zip(told["phrases"]!.AsArray()),
            pair => Assert.Equal((double)pair.First!["score"]!, (double)pair.Second!["score"]!, 1e-5)
        );
        Assert.Equal(expected["made_by"]!["method"]!.ToJsonString(), told["made_by"]!["method"]!.ToJsonString());
    }

    [Fact]
    public async Task Beside_the_service_its_key_and_its_limits_hold()
    {
        var picture = _folder.Write("open/a.png", TinyModel.Gradient(192, 128).EncodePng());
        await using var service = await ServeProcess.StartAsync(
            tiny,
            "--mcp",
            "--allow",
            _folder.File("open"),
            "--api-key",
            "secret",
            "--max-size",
            "256",
            "--max-megabytes",
            "1"
        );
        Uri address = new(service.Address, "/mcp");
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await service.Client.PostAsync(address, new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")))).StatusCode
        );
        await Assert.ThrowsAnyAsync<Exception>(() => Connect(address, "guess"));

        await using var client = new ToolClient(await Connect(address, "secret"));
        var about = await client.AskAsync("about");
        Assert.Equal((256, 1), ((int)about["max_size"]!, (int)about["max_megabytes"]!));
        var told = await client.AskAsync("ground_picture", ("path", "a.png"), ("caption", "[a man]"), ("threshold", 0.3));
        var expected = JsonNode.Parse(
            CommandRun
                .Of(
                    "ground",
                    picture,
                    "--model",
                    tiny.Path,
                    "--caption",
                    "[a man]",
                    "--threshold",
                    "0.3",
                    "--json",
                    "--quiet",
                    "--out",
                    _folder.File("out")
                )
                .Works()
                .Output
        )!;
        Assert.Equal(expected["phrases"]!.ToJsonString(), told["phrases"]!.ToJsonString());
        Assert.Contains(
            "256 are allowed",
            await client.RefusalAsync("ground_picture", ("path", "a.png"), ("caption", "[a]"), ("size", 512))
        );
        Assert.Contains("is not there", await client.RefusalAsync("ground_picture", ("path", _folder.File("b.png")), ("caption", "[a]")));
        var large = await Assert.ThrowsAnyAsync<Exception>(() =>
            client.CallAsync("ground_picture", ("image", new string('A', 2 << 20)), ("caption", "[a]"))
        );
        Assert.Contains("413", large.ToString());
    }

    [Fact]
    public async Task Without_the_option_there_is_nothing_at_that_address()
    {
        await using var service = await ServiceHost.StartAsync(tiny);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Client.PostAsync("/mcp", new StringContent("{}"))).StatusCode);
        CommandRun.Of("serve", "--allow", _folder.Path).RefusesInOneLine("--allow", "--mcp");
    }

    private static IEnumerable<string> Masks(JsonNode document) =>
        document["phrases"]!.AsArray().Select(p => $"{p!["text"]} {p["area"]} {p["box"]} {p["segmentation"]!.ToJsonString()}");

    private static Task<McpClient> Connect(Uri address, string key) =>
        McpClient.CreateAsync(
            new HttpClientTransport(
                new()
                {
                    Endpoint = address,
                    TransportMode = HttpTransportMode.StreamableHttp,
                    AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
                }
            )
        );
}
