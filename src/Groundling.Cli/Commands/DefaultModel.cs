namespace Groundling.Cli.Commands;

/// <summary>The model of commands that are given none: the embedded one, which the build lays beside the program.</summary>
internal static class DefaultModel
{
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "scenes");

    /// <summary>What its users should know.</summary>
    public const string Note =
        "note: no --model given: the embedded model answers, which knows the drawn world of groundling scenes, not photographs";

    /// <summary>Its folder.</summary>
    /// <exception cref="InputException">It is not there.</exception>
    public static string Path() =>
        Directory.Exists(Folder)
            ? Folder
            : throw new InputException(
                $"{Folder}: the embedded model is missing; install the program again, or name a model by --model DIR"
            );
}
