namespace Groundling.Tests.Cli;

/// <summary>The program as users start it.</summary>
internal static class GroundlingProgram
{
    /// <summary>Where it lies, beside the tests.</summary>
    public static string Place { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Groundling.Cli.exe" : "Groundling.Cli");
}
