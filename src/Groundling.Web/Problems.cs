using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Groundling.Web;

/// <summary>Answers every error as application/problem+json (RFC 9457), whatever its cause.</summary>
internal sealed class Problems(RequestDelegate next, ServerLog log)
{
    /// <summary>What the log says of a client that did not wait for its answer; no client sees it.</summary>
    public const int ClientGone = 499;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Problem(string Title, int Status, string Detail, string? Parameter);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null }) await WriteAsync(context, new(context.Response.StatusCode, Plainly(context)));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientGone;
        }
        catch (RequestException e)
        {
            await WriteAsync(context, e);
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, new(e.StatusCode, e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "the body is larger than the service allows (see max_megabytes of /v1/model); send a smaller picture",
                StatusCodes.Status408RequestTimeout => "the body arrives too slowly; send it again over a faster connection",
                _ => "the request is malformed HTTP or ends early; send it whole",
            }));
        }
        catch (Exception e)
        {
            var id = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
            log.Write(new { @event = "fault", id, error = e.ToString() });
            await WriteAsync(context, new(StatusCodes.Status500InternalServerError, $"the service failed; its log says why under {id}"));
        }
    }

    private static async Task WriteAsync(HttpContext context, RequestException fault)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();                                                   // half an answer must not look like a whole one
            return;
        }
        var allowed = response.Headers.Allow;
        response.Headers.ContentType = response.Headers.ETag = response.Headers.CacheControl = default;
        if (fault.Status == StatusCodes.Status405MethodNotAllowed) response.Headers.Allow = allowed;
        if (fault.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (fault.Status == StatusCodes.Status408RequestTimeout) response.Headers.Connection = "close";      // the rest of its body is not waited for
        response.StatusCode = fault.Status;
        var problem = new Problem(ReasonPhrases.GetReasonPhrase(fault.Status), fault.Status, fault.Message, fault.Parameter);
        await response.WriteAsJsonAsync(problem, Json, "application/problem+json");
    }

    private static string Plainly(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "there is nothing at this address; /openapi/v1.json lists what there is",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not answered at this address; {context.Response.Headers.Allow} is",
        StatusCodes.Status415UnsupportedMediaType => "a body of this type, or without one, is not read here; send application/json or, with a picture, multipart/form-data",
        _ => "the request cannot be answered",
    };
}
