namespace Groundling;

/// <summary>Lets passes of any thread run beside each other, and whoever ends the model wait for them.</summary>
/// <remarks>
/// Weights that are freed while a pass reads them end the whole process, not the pass. So a pass also holds its pipeline, which its caller
/// may have forgotten.
/// </remarks>
/// <param name="owner">The pipeline.</param>
/// <param name="around">The gate of the model whose weights these passes read, too; null where it is this one.</param>
internal sealed class PassGate(object owner, PassGate? around = null)
{
    private readonly object _gate = new(); // Monitor's, as Lock cannot wait
    private int _running;
    private bool _isClosed;

    /// <summary>Begins a pass; it has ended when the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public Pass Begin()
    {
        around?.Enter();
        try
        {
            Enter();
        }
        catch (ObjectDisposedException)
        {
            around?.Leave();
            throw;
        }
        return new(this);
    }

    /// <summary>Lets no more passes begin, and returns when all have ended.</summary>
    /// <returns>Whether this call closed it.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _isClosed = true;
            while (_running > 0)
                Monitor.Wait(_gate);
            return true;
        }
    }

    private void End()
    {
        Leave();
        around?.Leave();
        GC.KeepAlive(owner);
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(GroundingPipeline));
            _running++;
        }
    }

    private void Leave()
    {
        lock (_gate)
            if (--_running == 0)
                Monitor.PulseAll(_gate);
    }

    /// <summary>A pass that runs.</summary>
    internal readonly struct Pass(PassGate gate) : IDisposable
    {
        public void Dispose() => gate.End();
    }
}
