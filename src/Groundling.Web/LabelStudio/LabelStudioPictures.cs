using System.Net;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web.LabelStudio;

/// <summary>
/// Brings the pictures that tasks name, from nowhere but the tasks themselves and the one Label Studio that the service is for.
/// </summary>
/// <remarks>
/// A picture is a data URI, or lies under <c>/data/</c>, <c>/storage-data/</c> or <c>/tasks/</c> of that Label Studio. Other hosts, other
/// paths, files of this machine and redirects are refused, so that nobody can have the service ask what only it can reach; the token goes
/// there alone.
/// </remarks>
internal sealed class LabelStudioPictures : IDisposable
{
    private static readonly string[] Places = ["/data/", "/storage-data/", "/tasks/"];
    private readonly Uri _host;
    private readonly long _mostBytes;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public LabelStudioPictures(ServiceOptions options)
    {
        _host = new(options.LabelStudio!);
        _mostBytes = (long)options.MaxMegabytes << 20;
        if (options.LabelStudioToken is { } token)
            _http.DefaultRequestHeaders.Authorization = new("Token", token);
    }

    /// <summary>A picture's bytes.</summary>
    /// <param name="address">As the task names it.</param>
    /// <param name="share">The memory that it counts to.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="RequestException">The address may not be asked, gives no such bytes, or there is no room for them.</exception>
    public async Task<byte[]> GetAsync(string address, RequestMemory.Share share, CancellationToken cancellation)
    {
        if (address.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return FromData(address);
        var asked = Allowed(address);
        try
        {
            using var answer = await _http.GetAsync(asked, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw Fault(Meaning(answer.StatusCode));
            using var bytes = new MemoryStream();
            using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[1 << 16];
            for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0; )
            {
                if (bytes.Length + read > _mostBytes)
                    throw Fault($"it is larger than {_mostBytes >> 20} MiB");
                share.Take((long)RequestMemory.PerByteOfBody * read);
                bytes.Write(buffer, 0, read);
            }
            return bytes.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Fault("Label Studio cannot be reached, or ended its answer early");
        }
    }

    public void Dispose() => _http.Dispose();

    private Uri Allowed(string address)
    {
        if (
            !Uri.TryCreate(_host, address, out var asked)
            || Uri.Compare(
                asked,
                _host,
                UriComponents.SchemeAndServer | UriComponents.UserInfo,
                UriFormat.UriEscaped,
                StringComparison.Ordinal
            ) != 0
        )
            throw Fault("it is neither a data URI nor an address of the Label Studio that this service is for");
        var path = asked.AbsolutePath;
        for (string escaped = ""; escaped != path; ) // however often somebody between unescapes it
            (escaped, path) = (path, Uri.UnescapeDataString(path));
        return
            Array.Exists(Places, place => path.StartsWith(place, StringComparison.Ordinal))
            && !path.Contains("..", StringComparison.Ordinal)
            ? asked
            : throw Fault($"its address is not under {string.Join(", ", Places)}");
    }

    private static byte[] FromData(string address)
    {
        var parts = address.Split(',', 2);
        try
        {
            return parts.Length == 2 && parts[0].EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
                ? Convert.FromBase64String(parts[1])
                : throw Fault("its data URI is not base64");
        }
        catch (FormatException)
        {
            throw Fault("its data URI is not base64");
        }
    }

    private static string Meaning(HttpStatusCode status) =>
        (int)status switch
        {
            401 or 403 => "Label Studio asks for a token, or refuses the service's",
            404 => "Label Studio has none under its address",
            >= 300 and < 400 => "Label Studio sends on to another address, which is not followed; let it serve the file itself",
            var other => $"Label Studio answered {other}",
        };

    private static RequestException Fault(string what) =>
        new(StatusCodes.Status400BadRequest, $"the task's picture cannot be had: {what}", "tasks");
}
