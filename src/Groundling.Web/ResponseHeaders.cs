using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>What every answer's headers say: what the page may load, and that nobody guesses at types.</summary>
internal sealed class ResponseHeaders(WorkQueue queue)
{
    private const string Policy =
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task AroundAsync(HttpContext context, RequestDelegate next)
    {
        // At the last moment: the framework's exception handler empties the headers.
        context.Response.OnStarting(() =>
        {
            var (response, headers) = (context.Response, context.Response.Headers);
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            if (response.StatusCode < StatusCodes.Status400BadRequest && headers.CacheControl.Count == 0)
                headers.CacheControl = "no-cache";
            if (queue.IsClosed)
                headers.Connection = "close"; // so that no client sends its next request into the end
            return Task.CompletedTask;
        });
        return next(context);
    }
}
