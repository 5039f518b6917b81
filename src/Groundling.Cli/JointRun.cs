using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Cli;

/// <summary>A command line in this process, or in all processes that mpirun started together.</summary>
internal static class JointRun
{
    /// <summary>Process 0 speaks for all; another one says only why it failed alone, and then none is left waiting for it.</summary>
    public static int Of(string[] arguments, CancellationToken stop)
    {
        var (output, error) = (
            TerminalWriter.Of(Utf8Console.Output, Console.IsOutputRedirected),
            TerminalWriter.Of(Console.Error, Console.IsErrorRedirected)
        );
        MpiCollective? processes;
        try
        {
            processes = MpiCollective.Join();
        }
        catch (InputException e)
        {
            error.WriteLine($"error: {e.Message}");
            return CommandLine.UserError;
        }
        if (processes is null)
            return CommandLine.Run(arguments, output, error, stop: stop);

        // mpirun gives a process a terminal that the user does not see; what would steer it would stand in the user's output.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        set_num_threads(processes.Threads);
        using var unheard = new StringWriter();
        var code =
            processes.Rank == 0
                ? CommandLine.Run(arguments, output, error, processes, stop)
                : CommandLine.Run(arguments, TextWriter.Null, unheard, processes, stop);
        if (code != 0 && !processes.Meet())
        {
            foreach (var line in unheard.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                error.WriteLine($"process {processes.Rank} of {processes.Size}: {line}");
            MpiCollective.Abort(code);
        }
        MpiCollective.Leave();
        return code;
    }
}
