using System.Diagnostics;
using System.Net;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Groundling.Web;

/// <summary>The service and its page: listens, loads the model, answers, and ends without losing a request that it took in.</summary>
/// <example>
/// <code>
/// await using var server = new GroundingServer(new ServerOptions(), "stable-diffusion-v1-5", trained: null, Console.Error);
/// Console.WriteLine(await server.ListenAsync());
/// server.Run(stop);                                                              // until the token is cancelled
/// </code>
/// </example>
public sealed class GroundingServer : IAsyncDisposable
{
    private const string Policy = "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const double SlowestBody = 240;                                    // bytes a second
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(10), BodyGrace = TimeSpan.FromSeconds(5);
    private readonly ServerOptions _options;
    private readonly string _model;
    private readonly string? _trained;
    private readonly ServerLog _log;
    private readonly ServiceMetrics _metrics = new();
    private readonly WorkQueue _queue;
    private readonly Service _service;
    private readonly WebApplication _app;

    /// <param name="options">How to listen, and what to allow.</param>
    /// <param name="model">The frozen model's folder; trained parts in its folder <c>grounding</c> are used.</param>
    /// <param name="trained">Trained parts that lie elsewhere.</param>
    /// <param name="log">Gets a line of JSON for each request and event; no word of a caption.</param>
    /// <exception cref="InputException">An option is out of range.</exception>
    public GroundingServer(ServerOptions options, string model, string? trained, TextWriter log)
    {
        (_options, _model, _trained, _log) = (options.Validated(), model, trained, new(log));
        _queue = new(_options.Queue, _options.Batch, TimeSpan.FromSeconds(_options.Timeout), _metrics);
        _metrics.Watch(() => _queue.Length);
        _service = new(_options, _queue);
        _app = Build();
    }

    /// <summary>Begins to listen; until <see cref="Run"/> has loaded the model, only the page and the states are answered.</summary>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="InputException">The address cannot be listened on.</exception>
    public async Task<Uri> ListenAsync()
    {
        try
        {
            await _app.StartAsync();
        }
        catch (Exception e) when (e is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            throw new InputException($"{_options.Host}:{_options.Port} cannot be listened on: {e.GetBaseException().Message}; choose another --port or --host", e);
        }
        var address = new Uri(_app.Urls.Single());
        _log.Write(new { @event = "listening", address = address.ToString() });
        return address;
    }

    /// <summary>Loads the model and works on the calling thread, the only one that ever touches the model, until the token is cancelled and every request that was taken in has its answer.</summary>
    /// <param name="stop">Begins the end: nothing more is taken in, <c>/readyz</c> says so.</param>
    /// <param name="ready">Called when the model is loaded and warm.</param>
    /// <exception cref="Exception">The model cannot be opened: what <see cref="GroundingPipeline.Open(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)"/> throws.</exception>
    public void Run(CancellationToken stop, Action? ready = null)
    {
        using var drain = stop.Register(Drain);
        try
        {
            var begun = Stopwatch.GetTimestamp();
            using var engine = new GroundingEngine(_model, _trained);
            _service.Loaded(engine.Facts);
            _log.Write(new { @event = "ready", model = engine.Facts.Name, methods = engine.Facts.Methods, seconds = Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 2) });
            ready?.Invoke();
            _queue.Run(engine);
        }
        finally
        {
            _queue.Close();
            using var limit = new CancellationTokenSource(LastAnswers);
            _app.StopAsync(limit.Token).GetAwaiter().GetResult();
            _log.Write(new { @event = "stopped" });
        }
    }

    /// <summary>Stops at once, where <see cref="Run"/> has not ended already.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _app.DisposeAsync();
        _metrics.Dispose();
    }

    private void Drain()
    {
        _queue.Close();
        _log.Write(new { @event = "draining", waiting = _queue.Length });
    }

    private WebApplication Build()
    {
        // An empty builder: no settings files, no environment variables, no signal handlers but the caller's.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(GroundingServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = (long)_options.MaxMegabytes << 20;
            kestrel.Limits.MinRequestBodyDataRate = new(SlowestBody, BodyGrace);
            kestrel.Listen(new IPEndPoint(_options.Address, _options.Port));
        });
        builder.Services.AddRoutingCore().AddSingleton(_log).AddSingleton(_metrics).AddSingleton(_service).AddSingleton(new SampleFolder(_options.Samples));
        builder.Services.AddOpenApi(ApiDescription.Configure);
        builder.Services.ConfigureHttpJsonOptions(json => (json.SerializerOptions.PropertyNamingPolicy, json.SerializerOptions.NumberHandling) = (RequestReader.Json.PropertyNamingPolicy, RequestReader.Json.NumberHandling));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ServiceMetrics.Name).AddPrometheusExporter());
        if (_options.Cors is { } origin) builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(origin).AllowAnyHeader().WithMethods("GET", "POST")));
        var app = builder.Build();
        app.Use(WithHeaders);
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<Problems>();
        app.UseRouting();
        if (_options.Cors is not null) app.UseCors();
        app.MapGroundling(_options);
        return app;
    }

    private Task WithHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        if (_queue.IsClosed) headers.Connection = "close";                     // so that no client sends its next request into the end
        return next(context);
    }
}
