namespace Groundling.Cli.Commands;

/// <summary>The model of commands that are given none: <see cref="Models.SceneModel"/>.</summary>
internal static class DefaultModel
{
    /// <summary>What its users should know.</summary>
    public const string Note =
        "note: no --model given: the embedded model answers, which knows the drawn world of groundling scenes, not photographs";
}
