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

    /// <summary>An explicit test in two processes.</summary>
    public static CommandRun Test(string method, params (string Name, string Value)[] environment) =>
        Of(["Groundling.Tests", "-noColor", "-explicit", "only", "-method", $"*.{method}"], environment);

    private static CommandRun Of(string[] command, IEnumerable<(string Name, string Value)> environment, Func<bool>? stopWhen = null)
    {
        var start = Start(command[0], command[1..]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            for (
                var watch = Stopwatch.StartNew();
                stopWhen is not null && !process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(60);
                Thread.Sleep(10)
            )
            {
                if (!stopWhen())
                    continue;
                var children = File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Signal.TerminateProcess(int.Parse(children[^1]));
                stopWhen = null;
            }
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(90)), "the processes wait for each other");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        return new(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>How one of our programs is started twice.</summary>
    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments) =>
        new(
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
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
