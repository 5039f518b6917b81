using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>How libtorch's threads wait for each other: a moment awake, then asleep.</summary>
/// <remarks>
/// libgomp's own choice is to stay awake for billions of turns. Where other work has the core that a thread waits for, it takes the time of
/// the one that is waited for: with two busy processes beside it, a command took up to twenty times as long (docs/training.md has the
/// figures).
/// libgomp reads its environment when it is loaded, so this is written into the process's environment before.
/// </remarks>
public static partial class OpenMpWaiting
{
    private const string Turns = "GOMP_SPINCOUNT",
        Policy = "OMP_WAIT_POLICY",
        FewTurns = "2000";

    /// <summary>
    /// Chooses, unless the environment or the application, by <see cref="Environment.SetEnvironmentVariable(string, string)"/>, has chosen
    /// already.
    /// </summary>
    /// <remarks>
    /// It runs by itself when an assembly of Groundling is first used; an application that uses TorchSharp before may call it first of all.
    /// Linux only.
    /// </remarks>
    public static void Choose()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var (turns, policy) = (Environment.GetEnvironmentVariable(Turns), Environment.GetEnvironmentVariable(Policy));
        // What is set by managed code does not reach native code: it is handed on.
        if (policy is not null)
            _ = SetEnvironment(Policy, policy, 0);
        if (turns is not null || policy is null)
            _ = SetEnvironment(Turns, turns ?? FewTurns, 0);
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "libgomp reads its environment before anything else of this library could run.")]
    internal static void OnLoad() => Choose();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
