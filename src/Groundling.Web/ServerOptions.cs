using System.Net;
using Groundling.Data;

namespace Groundling.Web;

/// <summary>How the service listens and what it allows.</summary>
public sealed record ServerOptions
{
    /// <summary>The address to listen on: an IP address, or "localhost".</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port, 0 to 65535; 0 takes a free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Requests that may wait for the model, 1 to 10,000; more are refused with 429.</summary>
    public int Queue { get; init; } = 16;

    /// <summary>Waiting requests that the model takes at a time, 1 to 1,000; those of one picture are done together, so that it is encoded once.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>Seconds that a request may take to arrive and wait for its turn (later is 408 or 429), and seconds that the model may then work on it (later is 503); above 0 up to 86,400.</summary>
    public double Timeout { get; init; } = 60;

    /// <summary>The largest body, 1 to 1,024 MiB; larger is 413.</summary>
    public int MaxMegabytes { get; init; } = 20;

    /// <summary>The largest picture, 1 to 100 million pixels.</summary>
    public int MaxMegapixels { get; init; } = 25;

    /// <summary>The largest network input that a request may ask for, 64 to 4096 pixels on its longer side; the work and its memory grow faster than its square.</summary>
    public int MaxSize { get; init; } = 1024;

    /// <summary>What clients of /v1 must send as a bearer token; null lets everybody in.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The one origin whose pages may call the service; null allows the service's own page alone.</summary>
    public string? Cors { get; init; }

    /// <summary>A folder of pictures with captions (NAME.png and NAME.txt) that the page offers to try; need not exist.</summary>
    public string Samples { get; init; } = Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>The host as an address.</summary>
    internal IPAddress Address => Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Host);

    /// <summary>The options, or an error that names the one out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public ServerOptions Validated()
    {
        if (Host != "localhost" && !IPAddress.TryParse(Host, out _)) throw new InputException($"--host {Host} is not an IP address; give one of this machine's, such as 127.0.0.1, or 0.0.0.0 for all");
        RequireRange("--port", Port, 0, 65_535);
        RequireRange("--queue", Queue, 1, 10_000);
        RequireRange("--batch", Batch, 1, 1_000);
        RequireRange("--max-megabytes", MaxMegabytes, 1, 1_024);
        RequireRange("--max-megapixels", MaxMegapixels, 1, (int)(Picture.MaxPixels / 1_000_000));
        RequireRange("--max-size", MaxSize, GroundingOptions.SmallestSize, GroundingOptions.LargestSize);
        if (Timeout is not (> 0 and <= 86_400)) throw new InputException($"--timeout {Timeout} is out of range: more than 0 seconds, 86400 at most");
        if (ApiKey is { } key && key.Any(c => c is <= ' ' or > '~')) throw new InputException("the API key is empty or has characters that no HTTP header carries; use letters, digits and signs of ASCII, without blanks");
        if (ApiKey is "") throw new InputException("the API key is empty; leave it out to let everybody in");
        if (Cors is not null && (!Uri.TryCreate(Cors, UriKind.Absolute, out var origin) || origin.Scheme is not ("http" or "https") || origin.GetLeftPart(UriPartial.Authority) != Cors))
            throw new InputException($"--cors {Cors} is not an origin; give scheme, host and port alone, such as https://example.org");
        return this;
    }

    private static void RequireRange(string option, int value, int least, int most)
    {
        if (value < least || value > most) throw new InputException($"{option} {value} is out of range: {least} to {most}");
    }
}
