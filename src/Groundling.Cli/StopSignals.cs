using System.Runtime.InteropServices;
using Groundling.Data.NounPhrases;

namespace Groundling.Cli;

/// <summary>
/// Turns Ctrl-C, SIGTERM and SIGUSR1 into a cancelled token; a second signal ends the process at once. SIGUSR1 is what launchers pass on
/// when work should be saved: mpirun at once, where it holds SIGTERM back, and batch systems before the time is up.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public StopSignals() => _registrations = [.. Signals().Select(signal => PosixSignalRegistration.Create(signal, Stop))];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private static IEnumerable<PosixSignal> Signals()
    {
        yield return PosixSignal.SIGINT;
        yield return PosixSignal.SIGTERM;
        if (!OperatingSystem.IsWindows())
            yield return (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30); // SIGUSR1 has no name here, and BSD's number elsewhere
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
