using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web;

/// <summary>Writes a line for each answered request, and counts it.</summary>
internal sealed class RequestLog(RequestDelegate next, ServerLog log, ServiceMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var begun = Stopwatch.GetTimestamp();
        var facts = new RequestFacts();
        context.Features.Set(facts);
        try
        {
            await next(context);
        }
        finally
        {
            var (request, status) = (context.Request, context.Response.StatusCode);
            // The route, not the address: addresses are endless, and may hold what their senders should not have put there.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            metrics.Answered(route, status);
            log.Write(new
            {
                @event = "request",
                request.Method,
                route,
                status,
                milliseconds = Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1),
                bytes = request.ContentLength,
                facts.CaptionLength,
                facts.Phrases,
                facts.Width,
                facts.Height,
                facts.ModelMilliseconds,
            });
        }
    }
}

/// <summary>What a request turned out to be, for its line in the log.</summary>
internal sealed class RequestFacts
{
    public int? CaptionLength { get; set; }

    public int? Phrases { get; set; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    public double? ModelMilliseconds { get; set; }
}
