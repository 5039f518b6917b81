using System.CommandLine;
using Groundling.Hub;

namespace Groundling.Cli.Commands;

/// <summary>groundling pull: a model from the hub into its cache, where every command finds it by name.</summary>
internal static class PullCommand
{
    public static Command Create(CancellationToken stop)
    {
        var name = new Argument<string>("OWNER/NAME[@REVISION]")
        {
            Description = "The repository, and a branch, tag or commit if it is not to be main",
        };
        var full = new Option<bool>("--full") { Description = "Float32 weights, where there are float16 ones too" };
        var quiet = CommonOptions.Quiet();
        var command = new Command(
            "pull",
            "Bring a model from the Hugging Face hub into its cache; an interrupted pull goes on where it stopped."
        )
        {
            name,
            full,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var (reference, settings) = (HubReference.Parse(parsed.GetValue(name)!), HubSettings.FromEnvironment());
            var (output, messages) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var pull = ModelPlace.Plan(settings, reference, parsed.GetValue(full), messages, stop);
            var isQuiet = parsed.GetValue(quiet);
            if (!isQuiet && pull.Listing.Repository != reference.Repository)
                messages.WriteLine($"note: {reference.Repository} is called {pull.Listing.Repository} now");
            if (!isQuiet)
                messages.WriteLine($"{reference}: {ModelPlace.What(pull)}, into {settings.CacheFolder}");
            var folder = ModelPlace.Run(pull, messages, isQuiet || pull.MissingBytes == 0, stop);
            if (!isQuiet)
                output.WriteLine($"{folder}: {ModelPlace.Size(pull.TotalBytes)}; use it as --model {reference}");
        });
        return command;
    }
}
