using System.CommandLine;
using Groundling.Web;

namespace Groundling.Cli.Commands;

/// <summary>The options that say where a server listens, and to which names it answers.</summary>
/// <param name="defaults">What holds where they are not given.</param>
internal sealed class ListeningOptions(ServerOptions defaults)
{
    public Option<string> Host { get; } =
        new("--host")
        {
            Description = "The address to listen on; 0.0.0.0 for all of this machine's",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => defaults.Host,
        };

    public Option<int> Port { get; } =
        new("--port")
        {
            Description = "The port; 0 takes a free one",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Port,
        };

    public Option<string[]> Names { get; } =
        new("--allow-host")
        {
            Description =
                "A name that the service answers to, such as example.org, as a proxy passes it on; * for any. Addresses in numbers, localhost and this machine's name need none",
            HelpName = "NAME",
        };

    /// <summary>Puts what the command line says among a server's options.</summary>
    public void ReadInto(ServerOptions options, ParseResult parsed) =>
        (options.Host, options.Port, options.AllowedHosts) = (parsed.GetValue(Host)!, parsed.GetValue(Port), parsed.GetValue(Names) ?? []);
}
