using System.CommandLine;
using System.Text.Json;
using Groundling.Core;
using Groundling.Diffusion;
using Groundling.Hub;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>
/// Where a model lies that the command line names: a path where there is one, else OWNER/NAME in the hub's cache, else an offer to pull it.
/// </summary>
internal static class ModelPlace
{
    public static Option<bool> Yes() =>
        new("--yes", "-y") { Description = "Pull a model that --model names and that is not in the hub's cache, without asking" };

    /// <summary>The folder of a model.</summary>
    /// <param name="given">A path, or <c>OWNER/NAME[@REVISION]</c>.</param>
    /// <param name="yes">Whether it may be pulled without asking.</param>
    /// <param name="messages">Where the question and the progress go.</param>
    /// <param name="stop">Stops a pull; what has come is kept.</param>
    /// <exception cref="HubException">It is not in the cache, and may not or cannot be pulled.</exception>
    public static string Find(string given, bool yes, TextWriter messages, CancellationToken stop)
    {
        if (Directory.Exists(given))
            return HubCache.SnapshotOf(given) ?? given;
        if (Path.Exists(given) || HubReference.TryParse(given) is not { } reference)
            return given; // whoever opens it says what is wrong with it
        var settings = HubSettings.FromEnvironment();
        var snapshot = new HubCache(settings).Find(reference);
        if (snapshot is not null && HubCache.Missing(snapshot) is null)
            return snapshot;
        var here = snapshot is null
            ? $"is neither a folder here nor in {settings.CacheFolder}"
            : $"in {settings.CacheFolder} {HubCache.Missing(snapshot)}";
        if (settings.Offline)
            throw new HubException($"{reference} {here}, and HF_HUB_OFFLINE keeps the network alone; unset it to pull");
        using var pull = Plan(settings, reference, full: false, messages, stop);
        if (!yes && !Agreed(pull, reference, messages))
            throw new HubException($"{reference} {here}: {What(pull)} to pull; say --yes, or: groundling pull {reference}");
        return Run(pull, messages, quiet: false, stop);
    }

    /// <summary>The frozen model that a run's checkpoint says its trained parts belong to.</summary>
    /// <exception cref="InputException">It says none, or the model does not lie there any more.</exception>
    public static string FrozenOf(string checkpoint)
    {
        var path = Path.Combine(checkpoint, "frozen.json");
        if (!File.Exists(path))
            throw new InputException($"{checkpoint}: does not say which frozen model it belongs to (frozen.json); name it by --model DIR");
        try
        {
            var model = JsonDocument.Parse(PlainText.Read(path)).RootElement.GetProperty("model").GetString()!;
            return Path.Exists(model)
                ? model
                : throw new InputException($"{path}: names {model}, which is not there; name its frozen model by --model DIR");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException($"{path}: {e.Message}; name the frozen model by --model DIR", e);
        }
    }

    /// <summary>Lists a repository and refuses models of other kinds before anything large is pulled.</summary>
    public static ModelPull Plan(HubSettings settings, HubReference reference, bool full, TextWriter messages, CancellationToken stop)
    {
        var pull = ModelPull
            .PlanAsync(settings, reference, full, notice => messages.WriteLine($"note: {notice}"), stop)
            .GetAwaiter()
            .GetResult();
        if (pull.Listing.PipelineClass is { } name && ModelFolder.OtherKind(name) is { } kind)
        {
            pull.Dispose();
            throw new HubException($"{reference} is {kind}, which is not supported; choose a Stable Diffusion 1.x or 2.x");
        }
        return pull;
    }

    /// <summary>What is to be pulled, in words.</summary>
    public static string What(ModelPull pull) =>
        $"{pull.Files.Count} files, {Size(pull.MissingBytes)}{(pull.MissingBytes < pull.TotalBytes ? $" of {Size(pull.TotalBytes)}" : "")}{(pull.Files.Any(file => file.Path.Contains(".fp16", StringComparison.Ordinal)) ? " (float16)" : "")}";

    /// <summary>Bytes in words.</summary>
    public static string Size(long bytes) => bytes >= 1e9 ? $"{bytes / 1e9:F2} GB" : $"{bytes / 1e6:F1} MB";

    /// <summary>Pulls, under a bar that shows rate and remaining time.</summary>
    /// <returns>The snapshot's folder.</returns>
    public static string Run(ModelPull pull, TextWriter messages, bool quiet, CancellationToken stop)
    {
        if (quiet)
            return pull.RunAsync(null, stop).GetAwaiter().GetResult();
        return Terminal
            .On(messages)
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn()
            )
            .Start(context =>
            {
                var task = context.AddTask("pulling", maxValue: Math.Max(pull.TotalBytes, 1));
                var begun = pull.TotalBytes - pull.MissingBytes;
                task.Value = begun;
                return pull.RunAsync(
                        progress =>
                        {
                            task.Value = Math.Max(progress.Bytes, Math.Min(begun, progress.TotalBytes));
                            task.Description = $"pulling, {progress.Files} of {progress.TotalFiles} files";
                        },
                        stop
                    )
                    .GetAwaiter()
                    .GetResult();
            });
    }

    private static bool Agreed(ModelPull pull, HubReference reference, TextWriter messages)
    {
        var console = Terminal.On(messages);
        return console.Profile.Capabilities.Interactive
            && !Console.IsInputRedirected
            && console.Prompt(
                new ConfirmationPrompt(Terminal.Text($"{reference} is not in the hub's cache. Pull {What(pull)}?")) { DefaultValue = false }
            );
    }
}
