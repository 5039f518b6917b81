using System.Runtime.InteropServices;

namespace Groundling.Tests.Cli;

/// <summary>SIGTERM, which is handled as Ctrl-C is; that one is deaf where a shell started the tests in the background.</summary>
internal static class Signal
{
    private const int Terminate = 15;
    private const int UserDefined = 10;

    public static void SkipUnlessThere() => Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal");

    public static void TerminateProcess(int id) => Assert.Equal(0, kill(id, Terminate));

    /// <summary>SIGUSR1, which mpirun passes on.</summary>
    public static void AskToSave(int id) => Assert.Equal(0, kill(id, UserDefined));

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
