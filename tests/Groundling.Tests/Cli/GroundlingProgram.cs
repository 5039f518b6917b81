namespace Groundling.Tests.Cli;

/// <summary>The program as users start it.</summary>
internal static class GroundlingProgram
{
    /// <summary>
    /// Where it lies: what <c>GROUNDLING_PROGRAM</c> says, such as a published one, which starts faster; else beside the tests.
    /// </summary>
    public static string Place { get; } =
        Environment.GetEnvironmentVariable("GROUNDLING_PROGRAM")
        ?? Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Groundling.Cli.exe" : "Groundling.Cli");
}
