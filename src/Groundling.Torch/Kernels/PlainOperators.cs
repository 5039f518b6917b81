namespace Groundling.Torch;

/// <summary>
/// libtorch's own operators in place of this library's kernels, until it is disposed: a measure of what these give, and for doubts about
/// them.
/// </summary>
/// <remarks>For the whole process. Weights that were rearranged already are of no use meanwhile.</remarks>
public sealed class PlainOperators : IDisposable
{
    private static int _begun;

    /// <summary>Begins.</summary>
    public PlainOperators() => Interlocked.Increment(ref _begun);

    internal static bool Only => Volatile.Read(ref _begun) > 0;

    /// <summary>Kernels serve again, where nobody else began.</summary>
    public void Dispose() => Interlocked.Decrement(ref _begun);
}
