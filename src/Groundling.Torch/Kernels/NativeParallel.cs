using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Loops on libtorch's own threads, which wait for work anyway; a second pool would only get in their way.</summary>
internal static unsafe class NativeParallel
{
    /// <summary>
    /// Runs <paramref name="body"/> over parts of 0 to <paramref name="count"/>, each at least <paramref name="grain"/> long.
    /// </summary>
    public static void For<T>(long count, long grain, delegate* unmanaged<long, long, T*, void> body, ref T context)
        where T : unmanaged
    {
        fixed (T* pointer = &context)
            LibTorch.Check(
                torch_parallel_for(0, count, Math.Max(grain, 1), (delegate* unmanaged<long, long, void*, void>)body, pointer),
                nameof(For)
            );
    }

    [DllImport("torch_cpu")]
    private static extern int torch_parallel_for(
        long begin,
        long end,
        long grain,
        delegate* unmanaged<long, long, void*, void> body,
        void* context
    );
}
