using System.Globalization;
using System.Text.RegularExpressions;

namespace Groundling.Hub;

/// <summary>Where the hub and its cache are, and how patient to be; read from the variables that the official client knows.</summary>
public sealed partial class HubSettings
{
    private const string UsualEndpoint = "https://huggingface.co";
    private static readonly string[] Yes = ["1", "ON", "YES", "TRUE"];

    /// <summary>The hub: <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint { get; init; } = new(UsualEndpoint);

    /// <summary>
    /// The cache: <c>HF_HUB_CACHE</c>, <c>HUGGINGFACE_HUB_CACHE</c>, <c>HF_HOME</c>/hub, <c>XDG_CACHE_HOME</c>/huggingface/hub, or
    /// ~/.cache/huggingface/hub.
    /// </summary>
    public required string CacheFolder { get; init; }

    /// <summary>
    /// The user's token, or null: <c>HF_TOKEN</c>, <c>HUGGING_FACE_HUB_TOKEN</c>, or the file <c>HF_TOKEN_PATH</c>, which is
    /// <c>HF_HOME</c>/token if not given.
    /// </summary>
    public HubToken? Token { get; init; }

    /// <summary>Whether the network is left alone: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// Whether snapshots are made of links to the blobs, where the disk allows it; else the blobs are moved there: not
    /// <c>HF_HUB_DISABLE_SYMLINKS</c>.
    /// </summary>
    public bool UseLinks { get; init; } = true;

    /// <summary>How long the hub may take to begin an answer: <c>HF_HUB_ETAG_TIMEOUT</c> in seconds.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a file may bring no byte before its connection is given up: <c>HF_HUB_DOWNLOAD_TIMEOUT</c> in seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after a first failure, where the hub does not say how long; it doubles with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The settings that the environment describes.</summary>
    /// <exception cref="HubException">A variable has no meaning.</exception>
    public static HubSettings FromEnvironment() =>
        From(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <param name="variable">The value of a variable, or null.</param>
    /// <param name="user">The user's folder.</param>
    internal static HubSettings From(Func<string, string?> variable, string user)
    {
        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string Place(string path)
        {
            var expanded = Variable().Replace(path, match => Given(match.Groups["name"].Value) ?? match.Value);
            return Path.GetFullPath(
                expanded == "~" || expanded.StartsWith("~/", StringComparison.Ordinal) ? user + expanded[1..] : expanded
            );
        }
        bool Says(string name) => Given(name) is { } value && Yes.Contains(value.ToUpperInvariant());
        TimeSpan Seconds(string name) =>
            Given(name) is not { } value ? TimeSpan.FromSeconds(10)
            : double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 3600
                ? TimeSpan.FromSeconds(seconds)
            : throw new HubException($"{name} is '{OneLine.Of(value)}'; seconds above 0 and up to 3600 are needed");
        var home = Place(Given("HF_HOME") ?? Path.Combine(Given("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache"), "huggingface"));
        return new()
        {
            Endpoint = ReadEndpoint(Given("HF_ENDPOINT") ?? UsualEndpoint),
            CacheFolder = Place(Given("HF_HUB_CACHE") ?? Given("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Token = Says("HF_HUB_DISABLE_IMPLICIT_TOKEN")
                ? null
                : FindToken(Given, Place(Given("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))),
            Offline = Says("HF_HUB_OFFLINE") || (Given("HF_HUB_OFFLINE") is null && Says("TRANSFORMERS_OFFLINE")),
            UseLinks = !Says("HF_HUB_DISABLE_SYMLINKS"),
            AnswerTimeout = Seconds("HF_HUB_ETAG_TIMEOUT"),
            StallTimeout = Seconds("HF_HUB_DOWNLOAD_TIMEOUT"),
        };
    }

    private static Uri ReadEndpoint(string value) =>
        Uri.TryCreate(value.TrimEnd('/'), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
            ? uri
            : throw new HubException(
                $"HF_ENDPOINT is no address of a hub: {UsualEndpoint} is of the form that is needed, without a user or a query"
            );

    private static HubToken? FindToken(Func<string, string?> given, string file)
    {
        foreach (var name in new[] { "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN" })
            if (given(name) is { } value && value.Trim().Length > 0)
                return new(value, name);
        try
        {
            return File.Exists(file) && File.ReadAllText(file) is var text && text.Trim().Length > 0 ? new(text, file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException(
                $"{file}: the hub's token cannot be read: {OneLine.Of(e.Message)}; mend or remove it, or set HF_TOKEN",
                e
            );
        }
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)\}|\$(?<name>\w+)")]
    private static partial Regex Variable();
}
