using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Groundling.Cli.Commands;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Web;
using Microsoft.Extensions.Logging;

namespace Groundling.Tests.Web;

/// <summary>The service on a free port of this machine, on a thread of its own.</summary>
internal sealed class ServiceHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LogEntries _log;
    private readonly GroundingServer _server;
    private readonly TaskCompletionSource _ready = new(),
        _ended = new();

    private ServiceHost(GroundingServer server, LogEntries log) => (_server, _log) = (server, log);

    public Uri Address { get; private set; } = new("http://localhost");

    public HttpClient Client { get; private set; } = new();

    /// <summary>What was logged, a line of JSON for each entry.</summary>
    public string Log => _log.ToString();

    /// <summary>The first entry that holds a text; answers may come before their entry is written.</summary>
    public async Task<string> LogEntry(string text)
    {
        for (var i = 0; ; i++)
        {
            if (Log.Split('\n').FirstOrDefault(line => line.Contains(text)) is { } found)
                return found;
            Assert.True(i < 1000, $"nothing with {text} was logged: {Log}");
            await Task.Delay(20);
        }
    }

    public Task Ended => _ended.Task;

    public static Task<ServiceHost> StartAsync(TinyModel tiny, ServerOptions? options = null, string? trained = null) =>
        StartAsync(tiny.Path, options, trained);

    public static async Task<ServiceHost> StartAsync(string model, ServerOptions? options = null, string? trained = null)
    {
        var log = new LogEntries();
        var samples = Path.Combine(Shared.Root, "samples");
        var listening = (options ?? new()) with { Port = 0, Samples = samples };
        var host = new ServiceHost(
            new(
                listening,
                shared => (shared.ModelFolder, shared.TrainedParts) = (model, trained ?? shared.TrainedParts),
                builder =>
                {
                    ServeTelemetry.AddMeters(builder);
                    builder.Logging.AddProvider(log);
                },
                ServeTelemetry.Map
            ),
            log
        );
        host.Address = await host._server.ListenAsync();
        host.Client = new() { BaseAddress = host.Address };
        var thread = new Thread(() =>
        {
            try
            {
                host._server.Run(host._stop.Token, () => host._ready.TrySetResult());
                host._ended.TrySetResult();
            }
            catch (Exception e)
            {
                host._ready.TrySetException(e);
                host._ended.TrySetException(e);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        await host._ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return host;
    }

    public void Stop() => _stop.Cancel();

    public static byte[] Picture(int width = 64, int height = 48, int shift = 0) => TinyModel.Gradient(width, height, shift).EncodePng();

    public Task<HttpResponseMessage> Ground(byte[]? image, string? caption, params (string Name, string Value)[] fields) =>
        Client.PostAsync("/v1/ground", Form(image, caption, fields));

    public static MultipartFormDataContent Form(byte[]? image, string? caption, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        if (image is not null)
            form.Add(new ByteArrayContent(image) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "image", "a.png");
        if (caption is not null)
            form.Add(new StringContent(caption), "caption");
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return form;
    }

    public static async Task<JsonNode> Json(HttpResponseMessage response, int status = 200)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>The answer is a problem that says what, and where.</summary>
    public static async Task IsProblem(HttpResponseMessage response, int status, string says, string? parameter = null)
    {
        var problem = await Json(response, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Contains(says, (string)problem["detail"]!);
        Assert.DoesNotContain("--", (string)problem["detail"]!); // clients have fields, not options of the command
        Assert.Equal(parameter, (string?)problem["parameter"]);
        Assert.NotEmpty((string)problem["title"]!);
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }
}
