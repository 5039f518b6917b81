using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Groundling.Web;

/// <summary>The page's files, which the library carries.</summary>
internal static class PageFiles
{
    private const string Prefix = "Page/";

    /// <summary>What answers with each file, by its address: "/" is the page itself.</summary>
    public static IReadOnlyDictionary<string, Func<HttpRequest, IResult>> ByAddress { get; } =
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name is Prefix + "index.html" ? "/" : $"/{name[Prefix.Length..].Replace('\\', '/')}", Answer);

    private static Func<HttpRequest, IResult> Answer(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var content = bytes.ToArray();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
        var answer = Results.Bytes(content, TypeOf(resource), entityTag: tag);
        // The page's own addresses are relative: below "/ground" they hold from "/ground/" alone.
        return resource is Prefix + "index.html"
            ? request => request.Path.Value!.EndsWith('/') ? answer : Results.Redirect($"{request.PathBase}{request.Path}/")
            : _ => answer;
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"{name}: no type is known for '{other}'"),
        };
}
