using System.CommandLine;
using Groundling.Web.Browsing;

namespace Groundling.Cli.Commands;

/// <summary>groundling browse: the pictures of a benchmark on a page.</summary>
internal static class BrowseCommand
{
    public static Command Create(CancellationToken stop)
    {
        var defaults = new BrowseOptions();
        var (data, split) = (EvaluationCommon.Data(), EvaluationCommon.Split());
        var edit = new Option<bool>("--edit") { Description = "Also change the data: phrases, segments, categories" };
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => defaults.Host,
        };
        var port = new Option<int>("--port")
        {
            Description = "The port; 0 takes a free one",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Port,
        };
        var command = new Command("browse", "Look through a benchmark's pictures on a page.") { data, split, edit, host, port };
        command.SetAction(parsed =>
        {
            var options = new BrowseOptions
            {
                Data = parsed.GetValue(data)!,
                Split = parsed.GetValue(split)!,
                Edit = parsed.GetValue(edit),
                Host = parsed.GetValue(host)!,
                Port = parsed.GetValue(port),
            };
            Browse(options, parsed.InvocationConfiguration.Output, stop);
        });
        return command;
    }

    private static void Browse(BrowseOptions options, TextWriter output, CancellationToken stop)
    {
        var server = new BrowseServer(options);
        try
        {
            output.WriteLine($"{server.ListenAsync().GetAwaiter().GetResult()} shows {options.Data}; Ctrl-C ends it");
            server.Run(stop);
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
