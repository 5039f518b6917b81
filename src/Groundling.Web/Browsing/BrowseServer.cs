using Groundling.Data.Editing;
using Groundling.Hosting;
using Groundling.Web.Editing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Groundling.Web.Browsing;

/// <summary>A benchmark's pictures on a page: what is there, what methods made of it, phrase by phrase.</summary>
/// <example>
/// <code>
/// await using var server = new BrowseServer(new BrowseOptions { Data = "scenes" });
/// Console.WriteLine(await server.ListenAsync());
/// server.Run(stop);                                                              // until the token is cancelled
/// </code>
/// </example>
public sealed class BrowseServer : IAsyncDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(10);
    private readonly BrowseOptions _options;
    private readonly BrowsedData _data;
    private readonly ThumbnailCache _thumbnails;
    private readonly WebApplication _app;

    /// <summary>Opens the data.</summary>
    /// <param name="options">Which data, and how to listen.</param>
    /// <param name="model">Says which model shows its attention; null for none.</param>
    /// <param name="configure">Adds where logs, meters and traces go; by default nowhere.</param>
    /// <param name="map">Maps further addresses.</param>
    /// <exception cref="InputException">An option is out of range, the data cannot be read, or a report is not about them.</exception>
    public BrowseServer(
        BrowseOptions options,
        Action<SharedModelOptions>? model = null,
        Action<IHostApplicationBuilder>? configure = null,
        Action<IEndpointRouteBuilder>? map = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        options.Check();
        var session = options.Edit ? EditSession.Open(options.Data, options.Split) : null; // first: it may bring the data up to date
        var reading = Task.Run(() => new BrowsedData(options)); // takes as long as to build the application
        _thumbnails = new(options.Cache, (long)options.CacheMegabytes << 20);
        _app = ServerApplication.Build(
            options,
            builder =>
            {
                builder.Services.AddSingleton(options).AddSingleton(_ => reading.GetAwaiter().GetResult()).AddSingleton(_thumbnails);
                if (session is not null)
                    builder
                        .Services.AddSingleton(_ => session)
                        .AddSingleton<EditSaving>()
                        .AddHostedService(services => services.GetRequiredService<EditSaving>());
                if (model is not null)
                {
                    builder.Services.AddGroundling(model).PostConfigure<SharedModelOptions>(shared => shared.OpensAtStart = false);
                    builder.Services.AddSingleton<ModelWorker>().AddSingleton<BrowsedModel>();
                    builder.Services.AddHostedService(services => services.GetRequiredService<BrowsedModel>());
                }
                configure?.Invoke(builder);
            },
            app =>
            {
                var routes = app.MapGroup("").WithTags("Browsing");
                BrowseRoutes.Map(routes, app.Services.GetRequiredService<ClientGate>(), model is not null);
                if (session is not null)
                    EditingRoutes.Map(routes, app.Services, model is not null);
                map?.Invoke(routes);
                ((IEndpointConventionBuilder)routes).Finally(GroundlingEndpoints.AnswerHead);
            }
        );
        try
        {
            _data = reading.GetAwaiter().GetResult();
        }
        catch
        {
            session?.Dispose();
            _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="InputException">The address cannot be listened on, or the model's options cannot be used.</exception>
    public async Task<Uri> ListenAsync()
    {
        var address = await ServerApplication.ListenAsync(_app, _options);
        _ = Task.Run(_thumbnails.Open); // nobody waits for it
        return address;
    }

    /// <summary>What to know before trusting what is shown; usually nothing.</summary>
    public IReadOnlyList<string> Notes => _data.Now.Notes;

    /// <summary>Answers until the token is cancelled.</summary>
    public void Run(CancellationToken stop)
    {
        stop.WaitHandle.WaitOne();
        using var limit = new CancellationTokenSource(LastAnswers);
        _app.StopAsync(limit.Token).GetAwaiter().GetResult();
    }

    /// <summary>Stops at once, where <see cref="Run"/> has not ended already.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
