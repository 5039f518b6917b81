using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Loops on libtorch's own threads, which wait for work anyway; a second pool would only get in their way.</summary>
internal static unsafe class NativeParallel
{
    private const long PiecesOfThread = 16;

    private struct Shared
    {
        public long Next, // the first that nobody has taken
            Count,
            Piece;
        public delegate* unmanaged<long, long, void*, void> Body;
        public void* Context;
    }

    /// <summary>
    /// Runs <paramref name="body"/> over parts of 0 to <paramref name="count"/>, each at least <paramref name="grain"/> long but the last.
    /// Threads take parts as they come: where other work keeps a core busy, the others do more.
    /// </summary>
    public static void For<T>(long count, long grain, delegate* unmanaged<long, long, T*, void> body, ref T context)
        where T : unmanaged
    {
        long threads = Math.Max(TorchSharp.torch.get_num_threads(), 1);
        fixed (T* pointer = &context)
        {
            var shared = new Shared
            {
                Count = count,
                Piece = Math.Max(Math.Max(grain, 1), count / (threads * PiecesOfThread)),
                Body = (delegate* unmanaged<long, long, void*, void>)body,
                Context = pointer,
            };
            LibTorch.Check(torch_parallel_for(0, Math.Min(threads, count / shared.Piece + 1), 1, &Take, &shared), nameof(For));
        }
    }

    [UnmanagedCallersOnly]
    private static void Take(long begin, long end, void* given)
    {
        var shared = (Shared*)given;
        for (long first; (first = Interlocked.Add(ref shared->Next, shared->Piece) - shared->Piece) < shared->Count; )
            shared->Body(first, Math.Min(first + shared->Piece, shared->Count), shared->Context);
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
