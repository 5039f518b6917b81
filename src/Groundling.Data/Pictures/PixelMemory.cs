using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Groundling.Data;

/// <summary>
/// Memory for a picture while it is decoded, all zero. What is large comes from the system and goes back to it at once: in the process's
/// heap it would leave holes that the network's blocks do not fit into.
/// </summary>
internal sealed unsafe class PixelMemory : IDisposable
{
    private const long Large = 16 << 20;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    /// <param name="bytes">How much.</param>
    public PixelMemory(long bytes)
    {
        if (bytes < Large)
        {
            Bytes = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
            return;
        }
        _map = MemoryMappedFile.CreateNew(null, bytes);
        _view = _map.CreateViewAccessor(0, bytes);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Bytes = start;
    }

    /// <summary>Where it begins.</summary>
    public byte* Bytes { get; }

    public void Dispose()
    {
        if (_view is null)
            NativeMemory.Free(Bytes);
        else
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
    }
}
