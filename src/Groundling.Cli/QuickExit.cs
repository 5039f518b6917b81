using System.Runtime.InteropServices;

namespace Groundling.Cli;

/// <summary>The process's end, without what libtorch does last: takes its operators apart, one by one, for a fifth of a second.</summary>
internal static class QuickExit
{
    private const int StartTime = 19; // proc(5): the field 22 of /proc/PID/stat, those behind the program's name counted from 0

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
        {
            RemoveDiagnostics();
            quick_exit(code);
        }
        return code;
    }

    /// <summary>
    /// What the runtime made for debuggers in the temporary folder, and would remove at a usual end: named by process and its start.
    /// </summary>
    private static void RemoveDiagnostics()
    {
        try
        {
            var stat = File.ReadAllText("/proc/self/stat");
            var start = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTime];
            foreach (
                var (kind, end) in (ReadOnlySpan<(string, string)>)
                    [("clr-debug-pipe", "in"), ("clr-debug-pipe", "out"), ("dotnet-diagnostic", "socket")]
            )
                File.Delete(Path.Combine(Path.GetTempPath(), $"{kind}-{Environment.ProcessId}-{start}-{end}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            // a few empty files stay
        }
    }

    [DllImport("libc")]
    private static extern void quick_exit(int code);
}
