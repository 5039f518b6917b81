using System.Text.Encodings.Web;
using Groundling.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Groundling.Cli.Commands;

/// <summary>Where the service's log and figures go: lines of JSON on the error stream, and Prometheus' text at /metrics.</summary>
internal static class ServeTelemetry
{
    public static void Add(IHostApplicationBuilder builder)
    {
        AddMeters(builder);
        builder
            .Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddJsonConsole(console =>
            {
                (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ");
                console.JsonWriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    public static void AddMeters(IHostApplicationBuilder builder) =>
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(GroundlingDiagnostics.Name).AddPrometheusExporter());

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics");
}
