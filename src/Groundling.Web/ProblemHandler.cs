using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Groundling.Web;

/// <summary>Answers every error as application/problem+json (RFC 9457), whatever its cause.</summary>
/// <remarks>
/// Around the service's own routes (<see cref="AroundAsync"/>) it answers what clients did wrong, whatever exception handling the
/// application has; where the service is alone it is that handling, too.
/// </remarks>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    /// <summary>What the log says of a client that did not wait for its answer; no client sees it.</summary>
    private const int ClientGone = StatusCodes.Status499ClientClosedRequest;

    /// <summary>A route's work, with refusals as answers.</summary>
    public static async Task AroundAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
                context.Response.StatusCode = ClientGone;
        }
        catch (Exception e) when (!context.Response.HasStarted && Refusal(e) is not null)
        {
            await WriteAsync(context, Refusal(e)!);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await WriteAsync(httpContext, Refusal(exception) ?? Fault(httpContext, exception));
        return true;
    }

    /// <summary>An answer that routing gave, without any words: what it means.</summary>
    public static Task ExplainAsync(HttpContext context) =>
        context.Response.StatusCode == ClientGone
            ? Task.CompletedTask
            : WriteAsync(context, new(context.Response.StatusCode, Plainly(context)));

    private static async Task WriteAsync(HttpContext context, RequestException fault)
    {
        var headers = context.Response.Headers;
        headers.ContentType = headers.ETag = headers.CacheControl = default;
        if (fault.RetryAfter is { } seconds)
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (fault.Status is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge)
            headers.Connection = "close"; // the rest of its body is not waited for
        var more = fault.Parameter is { } parameter ? new Dictionary<string, object?> { ["parameter"] = parameter } : null;
        await TypedResults
            .Problem(fault.Message, null, fault.Status, ReasonPhrases.GetReasonPhrase(fault.Status), extensions: more)
            .ExecuteAsync(context);
    }

    private RequestException Fault(HttpContext context, Exception exception)
    {
        var id = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        LogFault(exception, id);
        return new(StatusCodes.Status500InternalServerError, $"the service failed; its log says why under {id}");
    }

    private static RequestException? Refusal(Exception exception) =>
        exception switch
        {
            RequestException refusal => refusal,
            BadHttpRequestException bad => new(
                bad.StatusCode,
                bad.StatusCode switch
                {
                    StatusCodes.Status413PayloadTooLarge => RequestBody.TooLargeText, // a server with a limit of its own, as IIS
                    StatusCodes.Status408RequestTimeout => "the body arrives too slowly; send it again over a faster connection",
                    _ => "the request is malformed HTTP or ends early; send it whole",
                }
            ),
            _ => null,
        };

    private static string Plainly(HttpContext context) =>
        context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "there is nothing at this address; /openapi/v1.json lists what there is",
            StatusCodes.Status405MethodNotAllowed =>
                $"{context.Request.Method} is not answered at this address; {context.Response.Headers.Allow} is",
            StatusCodes.Status415UnsupportedMediaType =>
                "a body of this type, or without one, is not read here; send application/json or, with a picture, multipart/form-data",
            _ => "the request cannot be answered",
        };

    [LoggerMessage(20, LogLevel.Error, "The service failed; its client was told {id}")]
    private partial void LogFault(Exception fault, string id);
}
