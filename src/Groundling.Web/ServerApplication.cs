using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Groundling.Web;

/// <summary>
/// What the servers of this library have in common: how they listen, whom they answer, and how they say that something is wrong.
/// </summary>
internal static class ServerApplication
{
    private const double SlowestBody = 240; // bytes a second
    private const long UnreadBytes = 1 << 16; // of each connection, before its body is asked for
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(5);

    /// <summary>An application that does not listen yet.</summary>
    /// <param name="options">How it listens.</param>
    /// <param name="configure">Adds its services.</param>
    /// <param name="map">Maps its addresses.</param>
    public static WebApplication Build(ServerOptions options, Action<WebApplicationBuilder> configure, Action<WebApplication> map)
    {
        // An empty builder: no settings files, no environment variables, no signal handlers but the caller's.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(ServerApplication).Assembly.GetName().Name });
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
                kestrel.Limits.MaxRequestBufferSize = UnreadBytes;
                kestrel.Limits.MinRequestBodyDataRate = new(SlowestBody, BodyGrace);
                kestrel.Listen(new IPEndPoint(options.Address, options.Port));
            });
        builder.Services.AddRoutingCore().AddSingleton<ServiceOptions>(options).AddGroundlingService();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddOpenApi(ApiDescription.Configure);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            (json.SerializerOptions.PropertyNamingPolicy, json.SerializerOptions.NumberHandling) = (
                RequestReader.Json.PropertyNamingPolicy,
                RequestReader.Json.NumberHandling
            );
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // problems are no HTML
        });
        if (options.Cors is { } origin)
            builder.Services.AddCors(cors =>
                cors.AddDefaultPolicy(policy => policy.WithOrigins(origin).AllowAnyHeader().WithMethods("GET", "HEAD", "POST"))
            );
        configure(builder);
        var app = builder.Build();
        app.Use((context, next) => app.Services.GetRequiredService<ResponseHeaders>().AroundAsync(context, next));
        app.Use((context, next) => app.Services.GetRequiredService<RequestLog>().AroundAsync(context, next));
        app.UseExceptionHandler();
        app.Use((context, next) => RequestBody.AroundAsync(context, next, app.Services.GetRequiredService<RequestMemory>()));
        app.UseStatusCodePages(context => ProblemHandler.ExplainAsync(context.HttpContext));
        app.Use(new HostGate(options.AllowedHosts).AroundAsync);
        app.UseRouting();
        if (options.Cors is not null)
            app.UseCors();
        map(app);
        return app;
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="InputException">The address cannot be listened on, or the model's options cannot be used.</exception>
    public static async Task<Uri> ListenAsync(WebApplication app, ServerOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (OptionsValidationException e)
        {
            throw new InputException(string.Join("; ", e.Failures), e);
        }
        catch (Exception e) when (e is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            throw new InputException(
                $"{options.Host}:{options.Port} cannot be listened on: {e.GetBaseException().Message}; choose another port or host",
                e
            );
        }
        return new Uri(app.Urls.Single());
    }
}
