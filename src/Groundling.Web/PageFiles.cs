using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Groundling.Web;

/// <summary>
/// The pages' files, which the library carries: a page for each address, and the scripts, styles and pictures of all of them.
/// </summary>
internal static class PageFiles
{
    private const string Prefix = "Page/",
        Page = ".html";

    /// <summary>Maps everything but the pages themselves, which <see cref="Of"/> gives.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var resource in Names().Where(name => !name.EndsWith(Page, StringComparison.Ordinal)))
        {
            var answer = Answer(resource);
            routes.MapGet($"/{resource[Prefix.Length..].Replace('\\', '/')}", () => answer).ExcludeFromDescription();
        }
    }

    /// <summary>A page, whatever its address.</summary>
    /// <param name="name">"index.html"</param>
    public static IResult Of(string name) => Answer(Prefix + name);

    /// <summary>
    /// A page whose own addresses are relative: below "/ground" they hold from "/ground/" alone, and whoever asks without the slash is led there.
    /// </summary>
    public static Func<HttpRequest, IResult> Relative(string name)
    {
        var answer = Of(name);
        return request => request.Path.Value!.EndsWith('/') ? answer : Results.Redirect($"{request.PathBase}{request.Path}/");
    }

    private static IEnumerable<string> Names() =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    private static IResult Answer(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var content = bytes.ToArray();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
        return Results.Bytes(content, TypeOf(resource), entityTag: tag);
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            Page => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"{name}: no type is known for '{other}'"),
        };
}
