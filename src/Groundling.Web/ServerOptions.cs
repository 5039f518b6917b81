using System.Net;

namespace Groundling.Web;

/// <summary>How the service listens where it is alone, and what it allows.</summary>
public record ServerOptions : ServiceOptions
{
    /// <summary>The address to listen on: an IP address, or "localhost".</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port, 0 to 65535; 0 takes a free one.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>
    /// Names that the service answers to besides addresses in numbers, "localhost" and the machine's own name, such as the one that a proxy
    /// passes on; "*" for any.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>The most connections at a time, 1 to 100,000; more are closed at once.</summary>
    public int MaxConnections { get; set; } = 1_000;

    /// <summary>The host as an address.</summary>
    internal IPAddress Address => Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Host);

    /// <summary>The options, or an error that names the one out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public ServerOptions Validated()
    {
        Check();
        return this;
    }

    internal override void Check()
    {
        if (Host != "localhost" && !IPAddress.TryParse(Host, out _))
            throw new InputException(
                $"the host '{Host}' is not an IP address; give one of this machine's, such as 127.0.0.1, or 0.0.0.0 for all"
            );
        RequireRange("port", Port, 0, 65_535);
        RequireRange("number of connections (max-connections)", MaxConnections, 1, 100_000);
        if (AllowedHosts.FirstOrDefault(name => name != "*" && Uri.CheckHostName(name) == UriHostNameType.Unknown) is { } wrong)
            throw new InputException($"'{wrong}' is no host's name; give one as example.org, without scheme and port, or * for any");
        base.Check();
    }
}
