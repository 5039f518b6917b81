using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Groundling.Tests.Cli;

namespace Groundling.Tests.Editing;

/// <summary><c>groundling browse DATA --edit</c> as a process of its own, on a free port.</summary>
internal sealed partial class EditorProcess : IDisposable
{
    private readonly Process _process;

    private EditorProcess(string data) =>
        _process = Process.Start(
            new ProcessStartInfo(GroundlingProgram.Place, ["browse", data, "--edit", "--port", "0"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    public HttpClient Client { get; } = new();

    /// <summary>Starts it, and does not wait.</summary>
    public static EditorProcess Start(string data) => new(data);

    /// <summary>Waits until it answers.</summary>
    public async Task ListensAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120));
        if (line is null)
            Assert.Fail($"the editor ended at its start: {await _process.StandardError.ReadToEndAsync()}");
        Client.BaseAddress = new(Address().Match(line).Value);
    }

    public async Task<JsonNode> BeginAsync(string id) => JsonNode.Parse(await Client.GetStringAsync($"v1/edit/{id}"))!;

    public Task<HttpResponseMessage> EditAsync(string id, string version, string key, string operation) =>
        Client.PostAsJsonAsync(
            $"v1/edit/{id}",
            new JsonObject
            {
                ["version"] = version,
                ["key"] = key,
                ["operation"] = JsonNode.Parse(operation),
            }
        );

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends it as Ctrl-C does.</summary>
    public async Task EndAsync()
    {
        Signal.TerminateProcess(_process.Id);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _process.ExitCode);
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
