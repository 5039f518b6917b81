using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>
/// Lets in who may make the service work: whoever has its key, as a bearer token (RFC 6750) or a password, and no page of another site
/// behind its visitor's back.
/// </summary>
/// <param name="options">The key, and the other site that is welcome.</param>
internal sealed class ClientGate(ServiceOptions options) : IEndpointFilter
{
    private const string Bearer = "Bearer ",
        Basic = "Basic ";
    private readonly byte[]? _expected = options.ApiKey is { } key ? Digest(key) : null;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        Require(context.HttpContext);
        return next(context);
    }

    /// <summary>Refuses who may not make the service work.</summary>
    /// <exception cref="RequestException">The key is missing or another, or the request comes from a page of another site.</exception>
    public void Require(HttpContext context)
    {
        var (headers, response) = (context.Request.Headers, context.Response);
        if (IsForeign(context.Request) && (headers.Origin.Count == 0 || !Welcome.Contains(headers.Origin.ToString())))
            throw new RequestException(
                StatusCodes.Status403Forbidden,
                "pages of other sites may not use this service; whoever runs it can let the site's origin in"
            );
        if (_expected is null)
            return;
        var sent = headers.Authorization.ToString();
        // Digests have one length, and are compared whole: the time says nothing of the key.
        if (KeyOf(sent) is { } key && CryptographicOperations.FixedTimeEquals(Digest(key), _expected))
            return;
        response.Headers.WWWAuthenticate = "Bearer";
        throw new RequestException(
            StatusCodes.Status401Unauthorized,
            sent.Length == 0
                ? "the service asks for a key; send it as 'Authorization: Bearer KEY'"
                : "the key is not the service's; check it"
        );
    }

    private IEnumerable<string?> Welcome => [options.Cors, options.LabelStudio];

    /// <summary>
    /// Whether a page of another origin asks. Browsers say so in Sec-Fetch-Site, which no page can change (Fetch Metadata), but not over
    /// plain HTTP between machines; there the page's Origin must have the host and port that were asked. "null" is a page without either.
    /// </summary>
    private static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" or "none" => false,
            "" => request.Headers.Origin is { Count: > 0 } origin
                && !(
                    Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var page)
                    && string.Equals(page.Authority, request.Host.ToString(), StringComparison.OrdinalIgnoreCase)
                ),
            _ => true, // another site, or another port or name of this one
        };

    /// <summary>The token, or the password of any user (RFC 7617), which is all that Label Studio can send.</summary>
    private static string? KeyOf(string sent)
    {
        if (sent.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return sent[Bearer.Length..].Trim();
        if (!sent.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return null;
        var pair = new byte[sent.Length];
        return
            Convert.TryFromBase64String(sent[Basic.Length..].Trim(), pair, out int length)
            && Encoding.UTF8.GetString(pair, 0, length).Split(':', 2) is [_, var password]
            ? password
            : null;
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
