using Groundling.Diffusion;

namespace Groundling.Cli.Commands;

/// <summary>The model of commands that are given none.</summary>
internal static class DefaultModel
{
    /// <summary>A tiny model of random weights, made once for each user of the machine, so that every command runs at once.</summary>
    /// <param name="messages">Told what it is.</param>
    public static string Folder(TextWriter messages)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "groundling", "tiny-random");
        if (!Directory.Exists(folder)) Make(folder);
        messages.WriteLine("warning: no --model given: a tiny model of random weights is used, and its masks mean nothing");
        return folder;
    }

    private static void Make(string folder)
    {
        try
        {
            ModelFolderWriter.WriteRandom(folder, ModelPreset.Tiny, seed: 0);
        }
        catch (Exception e) when (CommandLine.IsUserError(e) && Directory.Exists(folder))
        {
            // Another process made the same one meanwhile.
        }
    }
}
