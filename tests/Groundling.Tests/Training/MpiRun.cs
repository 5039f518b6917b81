using System.Diagnostics;
using Groundling.Tests.Cli;

namespace Groundling.Tests.Training;

/// <summary>Programs that mpirun starts several times.</summary>
internal static class MpiRun
{
    private static readonly string? Launcher = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':')
        .Select(folder => Path.Combine(folder, "mpirun"))
        .FirstOrDefault(File.Exists);

    public static void SkipUnlessInstalled() =>
        Assert.SkipUnless(Launcher is not null, "needs Open MPI's mpirun: apt-get install openmpi-bin libopenmpi3");

    /// <summary>groundling in two processes.</summary>
    public static CommandRun Groundling(params string[] arguments) => Of([GroundlingProgram.Place, .. arguments], []);

    /// <summary>The same; one process alone is told to stop as soon as something holds.</summary>
    public static CommandRun Groundling(string[] arguments, Func<bool> stopWhen) =>
        Of([GroundlingProgram.Place, .. arguments], [], stopWhen);

    /// <summary>An explicit test in two processes, which find a variable set.</summary>
    public static CommandRun Test(string method, string variable, string value) =>
        Of(["Groundling.Tests", "-noColor", "-explicit", "only", "-method", $"*.{method}"], [new(variable, value)]);

    private static CommandRun Of(string[] command, IEnumerable<KeyValuePair<string, string?>> environment, Func<bool>? stopWhen = null) =>
        Start(command[0], command[1..])
            .With(environment)
            .ToEnd(
                TimeSpan.FromMinutes(2.5),
                Programs.Once(stopWhen, launcher => Signal.TerminateProcess(int.Parse(Children(launcher.Id)[^1])))
            );

    private static string[] Children(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How one of our programs is started twice.</summary>
    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments) =>
        Programs.Heard(
            Launcher!,
            [
                "-np",
                "2",
                "--allow-run-as-root",
                "--oversubscribe",
                "--bind-to",
                "none",
                "--mca",
                "mpi_yield_when_idle",
                "1",
                Path.Combine(AppContext.BaseDirectory, program),
                .. arguments,
            ]
        );
}
