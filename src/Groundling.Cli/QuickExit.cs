using System.Runtime.InteropServices;

namespace Groundling.Cli;

/// <summary>The process's end, without what libtorch does last: takes its operators apart, one by one, for a fifth of a second.</summary>
internal static class QuickExit
{
    /// <summary>
    /// Ends the process where the system has a way to; everything must be written by then. A process that the runtime traces ends as usual,
    /// with its trace.
    /// </summary>
    /// <returns>The code, where the process has to end as usual.</returns>
    public static int With(int code)
    {
        Utf8Console.Output.Flush();
        Console.Error.Flush();
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("DOTNET_EnableEventPipe") is null)
            quick_exit(code);
        return code;
    }

    [DllImport("libc")]
    private static extern void quick_exit(int code);
}
