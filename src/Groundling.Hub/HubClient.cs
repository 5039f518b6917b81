using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

namespace Groundling.Hub;

/// <summary>Asks the hub over HTTP: follows redirects without handing the token on, and waits where it is told to.</summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;
    private static readonly string Agent =
        $"groundling/{typeof(HubClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";
    private readonly HubSettings _settings;
    private readonly HubReference _reference;
    private readonly Action<string> _notice;
    private readonly HttpClient _http;

    /// <param name="settings">Where the hub is.</param>
    /// <param name="reference">What is asked for, for messages.</param>
    /// <param name="notice">Told why something takes longer.</param>
    public HubClient(HubSettings settings, HubReference reference, Action<string> notice)
    {
        (_settings, _reference, _notice) = (settings, reference, notice);
        // Redirects are followed here: the handler would be free to send its headers to another host.
        _http = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = settings.AnswerTimeout,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The address of something below the hub's root.</summary>
    public Uri Address(string path) => new($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>
    /// Sends a request until it is answered: passing faults are tried again, a few times; refusals are a <see cref="HubException"/>.
    /// </summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">Where.</param>
    /// <param name="from">The first byte that is asked for; 0 for all.</param>
    /// <param name="onlyRelative">Whether a redirect to a whole address is an answer, and only those within the host are followed.</param>
    /// <param name="patient">Whether a hub that cannot be reached at all is tried again.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>A success, a redirect, or 416; its content is not read yet.</returns>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        long from,
        bool onlyRelative,
        bool patient,
        CancellationToken stop
    )
    {
        for (var failures = 1; ; failures++)
        {
            string reason;
            var wait = HubWait.After(failures, _settings.FirstWait);
            try
            {
                var answer = await FollowAsync(method, address, from, onlyRelative, stop);
                if (answer.IsSuccessStatusCode || IsRedirect(answer) || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                    return answer;
                using (answer)
                {
                    if (!IsPassing(answer.StatusCode))
                        throw HubFaults.Of(answer, _reference, _settings);
                    reason = $"answers {(int)answer.StatusCode}";
                    wait = HubWait.AsTold(answer, DateTimeOffset.UtcNow) ?? wait;
                }
                if (wait > HubWait.Longest)
                    throw new HubException(
                        $"{HostOf(address)} {reason} and asks to wait {wait.TotalMinutes:F0} minutes; pull again then, what has come is kept"
                    );
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                reason = $"gives no answer within {_settings.AnswerTimeout.TotalSeconds:0.###} s";
            }
            catch (HttpRequestException e)
            {
                reason = $"cannot be reached ({OneLine.Of((e.InnerException ?? e).Message)})";
                if (!patient && e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
                    failures = HubWait.Tries;
            }
            if (failures >= HubWait.Tries)
                throw new HubException(
                    $"{_reference}: {HostOf(address)} {reason}{(failures > 1 && patient ? $", {HubWait.Tries} times" : "")}; try again later, what has come is kept"
                );
            _notice($"{HostOf(address)} {reason}; waits {wait.TotalSeconds:0.#} s");
            await Task.Delay(wait, stop);
        }
    }

    /// <summary>The host, with its port where it is not the usual one; an address may hold a signature, which no message shows.</summary>
    public static string HostOf(Uri address) => address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}";

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> FollowAsync(
        HttpMethod method,
        Uri address,
        long from,
        bool onlyRelative,
        CancellationToken stop
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        for (var hops = 0; hops <= MostRedirects; hops++)
        {
            limit.CancelAfter(_settings.AnswerTimeout);
            using var request = new HttpRequestMessage(method, address);
            request.Headers.TryAddWithoutValidation("User-Agent", $"{Agent}; dotnet/{Environment.Version}");
            request.Headers.AcceptEncoding.Add(new("identity")); // sizes and hashes are of the file as it is
            if (from > 0)
                request.Headers.Range = new RangeHeaderValue(from, null);
            if (IsHub(address))
                request.Headers.Authorization = _settings.Token?.Header();
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            // Read as text: on Unix a typed "/path" would be a file's address.
            if (!IsRedirect(answer) || !answer.Headers.NonValidated.TryGetValues("Location", out var location))
                return answer;
            var text = location.ToString();
            if (onlyRelative && (!text.StartsWith('/') || text.StartsWith("//", StringComparison.Ordinal)))
                return answer;
            answer.Dispose();
            address = Target(address, text);
        }
        throw new HubException($"{HostOf(address)} redirects {_reference} more than {MostRedirects} times; is HF_ENDPOINT right?");
    }

    /// <summary>Where a redirect leads.</summary>
    public static Uri Target(Uri address, string location)
    {
        if (!Uri.TryCreate(address, location, out var target) || target.Scheme is not ("http" or "https"))
            throw new HubException($"{HostOf(address)} redirects to no address; is HF_ENDPOINT right?");
        return address.Scheme == "https" && target.Scheme == "http"
            ? throw new HubException($"{HostOf(address)} redirects to {HostOf(target)} without encryption, which is not followed")
            : target;
    }

    /// <summary>Scheme, host and port must be the hub's own: the token goes nowhere else.</summary>
    private bool IsHub(Uri address) =>
        address.Scheme == _settings.Endpoint.Scheme
        && address.Port == _settings.Endpoint.Port
        && address.IdnHost.Equals(_settings.Endpoint.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsRedirect(HttpResponseMessage answer) => (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308;

    private static bool IsPassing(HttpStatusCode status) => (int)status is 408 or 429 or >= 500;
}
