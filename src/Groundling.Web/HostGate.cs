using System.Net;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>
/// Answers only to names that are the service's: a page whose own name was made to lead to this machine (DNS rebinding) would be of the
/// service's origin, and could read all of it.
/// </summary>
/// <remarks>
/// An address in numbers cannot be made to lead elsewhere, nor can "localhost" and what is below it (RFC 6761, 6.3); the machine's own name
/// is its own. Others are named by whoever runs the service.
/// </remarks>
/// <param name="names">Further names; "*" for all.</param>
internal sealed class HostGate(IReadOnlyList<string> names)
{
    private readonly string _own = Dns.GetHostName();

    public Task AroundAsync(HttpContext context, RequestDelegate next) =>
        Knows(context.Request.Host.Host)
            ? next(context)
            : throw new RequestException(
                StatusCodes.Status421MisdirectedRequest,
                "the service does not answer to this name; whoever runs it can let the name in"
            );

    private bool Knows(string host) =>
        host.Length == 0 // HTTP/1.0 knows no names, and browsers always send one
        || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || Is(host, "localhost")
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || Is(host, _own)
        || names.Any(name => name == "*" || Is(host, name));

    private static bool Is(string host, string name) => string.Equals(host, name, StringComparison.OrdinalIgnoreCase);
}
