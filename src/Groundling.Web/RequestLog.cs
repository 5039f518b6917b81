using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Groundling.Web;

/// <summary>Writes an entry for each answered request, and counts it. No word of a caption and no picture ever goes there.</summary>
internal sealed partial class RequestLog(ILogger<RequestLog> logger, ServiceMetrics metrics)
{
    public async Task AroundAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<RequestFacts>() is not null) // around the whole application already
        {
            await next(context);
            return;
        }
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
            LogAnswered(
                request.Method,
                route,
                status,
                Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1),
                request.ContentLength,
                facts.CaptionLength,
                facts.Phrases,
                facts.Width,
                facts.Height,
                facts.ModelMilliseconds
            );
        }
    }

    // Those that the message leaves out are members of the entry all the same.
    [LoggerMessage(10, LogLevel.Information, "{method} {route} answered {status} in {milliseconds} ms")]
    private partial void LogAnswered(
        string method,
        string route,
        int status,
        double milliseconds,
        long? bytes,
        int? captionLength,
        int? phrases,
        int? width,
        int? height,
        double? modelMilliseconds
    );
}

/// <summary>What a request turned out to be, for its entry in the log.</summary>
internal sealed class RequestFacts
{
    public int? CaptionLength { get; set; }

    public int? Phrases { get; set; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    public double? ModelMilliseconds { get; set; }
}
