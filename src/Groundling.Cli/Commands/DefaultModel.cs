using Groundling.Diffusion;

namespace Groundling.Cli.Commands;

/// <summary>The model of commands that are given none: the embedded one where it lies beside the program, else a tiny one of random weights.</summary>
internal static class DefaultModel
{
    private static readonly string Embedded = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "scenes");

    private static bool IsEmbedded => File.Exists(System.IO.Path.Combine(Embedded, "model_index.json"));

    /// <summary>What its users should know.</summary>
    public static string Note => IsEmbedded
        ? "note: no --model given: the embedded model answers, which knows the drawn world of groundling scenes, not photographs"
        : "warning: no --model given: a tiny model of random weights is used, and what it makes means nothing";

    /// <summary>Its folder; random weights are made once for each user of the machine.</summary>
    public static string Path()
    {
        if (IsEmbedded) return Embedded;
        var random = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "groundling", "tiny-random");
        if (!Directory.Exists(random)) Make(random);
        return random;
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
