using System.Diagnostics;
using Groundling.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Groundling.Web;

/// <summary>The service and its page alone: listens, loads the model, answers, and ends without losing a request that it took in.</summary>
/// <remarks>In an application of one's own: <c>app.MapGroundling("/ground")</c>.</remarks>
/// <example>
/// <code>
/// await using var server = new GroundingServer(new ServerOptions(), model => model.ModelFolder = "stable-diffusion-v1-5");
/// Console.WriteLine(await server.ListenAsync());
/// server.Run(stop);                                                              // until the token is cancelled
/// </code>
/// </example>
public sealed partial class GroundingServer : IAsyncDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(10);
    private readonly ServerOptions _options;
    private readonly WebApplication _app;
    private readonly ILogger _logger;
    private readonly WorkQueue _queue;
    private readonly Service _service;

    /// <param name="options">How to listen, and what to allow.</param>
    /// <param name="model">Says which model.</param>
    /// <param name="configure">Adds where logs, meters and traces go; by default nowhere.</param>
    /// <param name="map">Maps further addresses.</param>
    /// <exception cref="InputException">An option is out of range.</exception>
    public GroundingServer(
        ServerOptions options,
        Action<SharedModelOptions> model,
        Action<IHostApplicationBuilder>? configure = null,
        Action<IEndpointRouteBuilder>? map = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _app = Build(model, configure, map);
        var services = _app.Services;
        (_queue, _service) = (services.GetRequiredService<WorkQueue>(), services.GetRequiredService<Service>());
        _logger = services.GetRequiredService<ILogger<GroundingServer>>();
    }

    /// <summary>Begins to listen; until <see cref="Run"/> has loaded the model, only the page and the states are answered.</summary>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="InputException">The address cannot be listened on, or the model's options cannot be used.</exception>
    public async Task<Uri> ListenAsync()
    {
        var address = await ServerApplication.ListenAsync(_app, _options);
        LogListening(address);
        return address;
    }

    /// <summary>
    /// Loads the model and works on the calling thread, the only one that ever touches the model, until the token is cancelled and every
    /// request that was taken in has its answer.
    /// </summary>
    /// <param name="stop">Begins the end: nothing more is taken in, <c>/readyz</c> says so.</param>
    /// <param name="ready">Called when the model is loaded and warm.</param>
    /// <exception cref="Exception">
    /// The model cannot be opened: what
    /// <see cref="GroundingPipeline.Open(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)"/> throws.
    /// </exception>
    public void Run(CancellationToken stop, Action? ready = null)
    {
        using var drain = stop.Register(Drain);
        try
        {
            var begun = Stopwatch.GetTimestamp();
            var pipeline = _app.Services.GetRequiredService<SharedModel>().OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
            using var engine = new GroundingEngine(pipeline, _app.Services.GetRequiredService<GroundingTelemetry>());
            _service.Loaded(engine.Facts);
            LogReady(
                engine.Facts.Name,
                string.Join(", ", engine.Facts.Methods),
                Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 2)
            );
            ready?.Invoke();
            _queue.Run(engine);
        }
        finally
        {
            _queue.Close();
            using var limit = new CancellationTokenSource(LastAnswers);
            _app.StopAsync(limit.Token).GetAwaiter().GetResult();
            LogStopped();
        }
    }

    /// <summary>Stops at once, where <see cref="Run"/> has not ended already.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _app.DisposeAsync();
    }

    private void Drain()
    {
        _queue.Close();
        LogDraining(_queue.Length);
    }

    private WebApplication Build(
        Action<SharedModelOptions> model,
        Action<IHostApplicationBuilder>? configure,
        Action<IEndpointRouteBuilder>? map
    ) =>
        ServerApplication.Build(
            _options,
            builder =>
            {
                // Run opens it
                builder.Services.AddGroundling(model).PostConfigure<SharedModelOptions>(shared => shared.OpensAtStart = false);
                configure?.Invoke(builder);
            },
            app =>
            {
                app.MapGroundling();
                var states = app.MapGroup("").WithTags("Service");
                ServerRoutes.Map(states);
                map?.Invoke(states);
                ((IEndpointConventionBuilder)states).Finally(GroundlingEndpoints.AnswerHead);
            }
        );

    [LoggerMessage(1, LogLevel.Information, "Listening on {address}")]
    private partial void LogListening(Uri address);

    [LoggerMessage(2, LogLevel.Information, "Ready with {model} ({methods}) after {seconds} s")]
    private partial void LogReady(string model, string methods, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Draining: {waiting} requests wait")]
    private partial void LogDraining(int waiting);

    [LoggerMessage(4, LogLevel.Information, "Stopped")]
    private partial void LogStopped();
}
