using Groundling.Data;

namespace Groundling.Cli.Commands;

/// <summary>The model that comes with the program, for commands that are given none.</summary>
internal static class EmbeddedModel
{
    /// <summary>What its users should know.</summary>
    public const string Note = "note: no --model given: the embedded model answers, which knows the drawn world of groundling scenes, not photographs";

    private static readonly string Beside = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "scenes");

    /// <summary>Its folder, beside the program.</summary>
    /// <exception cref="InputException">It is missing.</exception>
    public static string Path => Directory.Exists(Beside) ? Beside
        : throw new InputException($"the embedded model is missing from {Beside}; build or install the program again, or name a model's folder by --model DIR");
}
