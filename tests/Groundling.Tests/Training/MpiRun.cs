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

    /// <summary>The same, stopped as soon as something holds, by <see cref="TellOne"/> or <see cref="TellLauncher"/>.</summary>
    public static CommandRun Groundling(string[] arguments, Func<bool> stopWhen, Action<Process> stop) =>
        Of([GroundlingProgram.Place, .. arguments], [], Programs.Once(stopWhen, stop));

    /// <summary>SIGTERM to one of the processes.</summary>
    public static void TellOne(Process launcher) => Signal.TerminateProcess(int.Parse(Children(launcher.Id)[^1]));

    /// <summary>SIGUSR1 to mpirun.</summary>
    public static void TellLauncher(Process launcher) => Signal.AskToSave(launcher.Id);

    /// <summary>An explicit test in two processes, which find a variable set.</summary>
    public static CommandRun Test(string method, string variable, string value) =>
        Of(["Groundling.Tests", "-noColor", "-explicit", "only", "-method", $"*.{method}"], [new(variable, value)]);

    private static CommandRun Of(
        string[] command,
        IEnumerable<KeyValuePair<string, string?>> environment,
        Func<Process, CancellationToken, Task>? meanwhile = null
    ) => Start(command[0], command[1..]).With(environment).ToEnd(TimeSpan.FromMinutes(2.5), meanwhile);

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
