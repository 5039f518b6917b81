using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>
/// A card is the one that other libraries use on this thread, until this is disposed; libtorch's operators follow their tensors.
/// </summary>
public sealed unsafe partial class CudaGuard : IDisposable
{
    private const string Library = "torch_cuda";
    private nint _guard;

    /// <param name="card">Its number.</param>
    public CudaGuard(int card)
    {
        nint guard;
        LibTorch.Check(aoti_torch_create_cuda_guard(card, &guard), nameof(aoti_torch_create_cuda_guard));
        _guard = guard;
    }

    /// <summary>The card before is the current one again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _guard, 0) is var guard and not 0)
            LibTorch.Check(aoti_torch_delete_cuda_guard(guard), nameof(aoti_torch_delete_cuda_guard));
    }

    [LibraryImport(Library)]
    private static partial int aoti_torch_create_cuda_guard(int card, nint* guard);

    [LibraryImport(Library)]
    private static partial int aoti_torch_delete_cuda_guard(nint guard);
}
