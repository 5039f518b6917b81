using System.Runtime;

namespace Groundling.Torch;

/// <summary>A no-GC region: keeps the garbage collector from running in the middle of a piece of TorchSharp's work.</summary>
/// <remarks>
/// TorchSharp 0.107 makes a <c>Scalar</c> of every number in <c>x * 2</c>, <c>x.masked_fill(mask, 0)</c> and even of the silent 1 in <c>a +
/// b</c>, and does not hold it while native code reads it. A collection at that moment frees it: the call fails ("Exception raised from
/// toFloat") or computes with another number, about once in some ten million calls. What applications call therefore holds its numbers
/// (<see cref="HeldScalars"/>); as the application's collector is its own, pauses are for processes of ours: trainings and evaluations.
/// Pauses may overlap; what was allocated is collected when the last one ends. A pause in which more than <see cref="LargestAllocation"/>
/// bytes are allocated ends by itself.
/// </remarks>
public sealed class CollectionPause : IDisposable
{
    /// <summary>Managed bytes that all threads together may allocate in a pause.</summary>
    public const long LargestAllocation = 192 << 20;

    private static readonly Lock Gate = new();
    private static int _open;
    private static bool _ours;
    private int _disposed;

    private CollectionPause() { }

    /// <summary>Begins a pause that lasts until it is disposed.</summary>
    public static CollectionPause Begin()
    {
        lock (Gate)
        {
            if (_open++ == 0)
                _ours = GCSettings.LatencyMode != GCLatencyMode.NoGCRegion && GC.TryStartNoGCRegion(LargestAllocation);
        }
        return new();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        lock (Gate)
        {
            if (--_open > 0 || !_ours)
                return;
            try
            {
                if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
                    GC.EndNoGCRegion();
            }
            catch (InvalidOperationException)
            {
                // More was allocated than the pause allows between the question and the end: it has ended by itself.
            }
        }
    }
}
