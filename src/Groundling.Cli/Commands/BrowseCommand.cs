using System.CommandLine;
using Groundling.Evaluation;
using Groundling.Torch;
using Groundling.Web.Browsing;

namespace Groundling.Cli.Commands;

/// <summary>groundling browse: the pictures of a benchmark on a page.</summary>
internal static class BrowseCommand
{
    public static Command Create(CancellationToken stop)
    {
        var defaults = new BrowseOptions();
        var (data, split, listening) = (EvaluationCommon.Data(), EvaluationCommon.Split(), new ListeningOptions(defaults));
        var (model, device, threads) = (new ModelOptions(), new DeviceOptions(), CommonOptions.Threads());
        model.Frozen.Description = $"Whose attention is shown; opened when it is asked for. {model.Frozen.Description}";
        var reports = new Option<string[]>("--report")
        {
            Description =
                "A folder that evaluate or score wrote of these data, for its scores and masks; NAME=DIR gives it a name. Given again, the others are held against the first",
            HelpName = "DIR",
        };
        var edit = new Option<bool>("--edit") { Description = "Also change the data: phrases, segments, categories" };
        var cache = new Option<string>("--cache")
        {
            Description = $"The folder of small pictures that were made before; they take {defaults.CacheMegabytes} MiB at most",
            HelpName = "DIR",
            DefaultValueFactory = _ => defaults.Cache,
        };
        var command = new Command("browse", "Look through a benchmark's pictures, and what methods made of them, on a page.")
        {
            data,
            split,
            reports,
            edit,
            model.Frozen,
            model.Trained,
            model.Yes,
            model.NoCache,
            model.ColourWalks,
            device.Name,
            device.Kind,
            threads,
            listening.Host,
            listening.Port,
            listening.Names,
            cache,
        };
        command.SetAction(parsed =>
        {
            var options = new BrowseOptions
            {
                Data = parsed.GetValue(data)!,
                Split = parsed.GetValue(split)!,
                Reports = ComparedMethod.ReadAll(parsed.GetValue(reports) ?? []),
                Edit = parsed.GetValue(edit),
                Cache = parsed.GetValue(cache)!,
            };
            listening.ReadInto(options, parsed);
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            Browse(options, model.Read(parsed, stop), device.Read(parsed), output, error, stop);
        });
        return command;
    }

    private static void Browse(
        BrowseOptions options,
        ModelChoice model,
        DeviceChoice device,
        TextWriter output,
        TextWriter error,
        CancellationToken stop
    )
    {
        var server = new BrowseServer(options, shared => model.Share(shared, device));
        try
        {
            foreach (var note in server.Notes)
                error.WriteLine($"note: {note}");
            output.WriteLine($"{server.ListenAsync().GetAwaiter().GetResult()} shows {options.Data}; Ctrl-C ends it");
            server.Run(stop);
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
