using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A file mapped into memory whose bytes tensors use in place.</summary>
/// <remarks>
/// The mapping is private (copy on write), so nothing done to a tensor reaches the file. It lives until the last tensor over it
/// is gone and <see cref="Dispose"/> was called, whichever comes later.
/// </remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    /// <summary>Numbers from which on a weight's pages are worth giving back after each use.</summary>
    public const long LargeWeight = 1 << 18;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, (MappedFile File, int Tensors)> Owners = [];

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private int _users = 1; // the opener, and one for each tensor

    public MappedFile(string path)
    {
        // Opened for reading alone: copies on write are pages of this process, and need no right to write the file.
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(handle);
            _file = MemoryMappedFile.CreateFromFile(
                handle,
                mapName: null,
                capacity: 0,
                MemoryMappedFileAccess.CopyOnWrite,
                HandleInheritability.None,
                leaveOpen: false
            );
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    public long Length { get; }

    public ReadOnlySpan<byte> Bytes(long offset, int count) => new(_start + offset, count);

    /// <summary>A CPU tensor over the bytes at <paramref name="offset"/>; nothing is copied unless they are misaligned.</summary>
    public Tensor Tensor(long offset, ScalarType type, long[] shape)
    {
        if (shape.Contains(0))
            return empty(shape, dtype: type, device: CPU);
        var address = (nint)(_start + offset);
        if (address % type.ElementSize() != 0)
            return Copy(address, type, shape);
        lock (Gate)
        {
            Owners[address] = (this, Owners.TryGetValue(address, out var known) ? known.Tensors + 1 : 1);
            _users++;
        }
        fixed (long* sizes = shape)
        {
            var handle = LibTorchSharp.THSTensor_new(address, &Release, sizes, shape.Length, (sbyte)type, (sbyte)type, 0, -1, false);
            if (handle == 0)
                CheckForErrors();
            return torch.Tensor.UnsafeCreateTensor(handle);
        }
    }

    private static Tensor Copy(nint address, ScalarType type, long[] shape)
    {
        var tensor = empty(shape, dtype: type, device: CPU);
        var count = tensor.numel() * type.ElementSize();
        Buffer.MemoryCopy((void*)address, (void*)LibTorch.DataPointer(tensor), count, count);
        return tensor;
    }

    /// <summary>
    /// Lets the system take back the memory of a mapped tensor's pages; they return from the file when they are read again. Does
    /// nothing for a tensor that was written to, whose values only memory has, for other tensors, and on systems other than Linux.
    /// </summary>
    public static void ReleasePages(Tensor tensor)
    {
        if (!OperatingSystem.IsLinux() || tensor.device_type != DeviceType.CPU)
            return;
        var address = LibTorch.DataPointer(tensor);
        lock (Gate)
            if (!Owners.ContainsKey(address))
                return;
        nint page = Environment.SystemPageSize;
        var first = (address + page - 1) / page * page;
        var last = (address + (nint)(tensor.numel() * tensor.dtype.ElementSize())) / page * page;
        if (last > first && AreAsInFile(first / page, last / page))
            _ = madvise(first, last - first, adviceDontNeed);
    }

    /// <summary>
    /// Whether the system made no copy of any of these pages, as it does when one is written to. Where it does not say: no.
    /// </summary>
    private static bool AreAsInFile(nint first, nint last)
    {
        const ulong present = 1UL << 63,
            swapped = 1UL << 62,
            ofFile = 1UL << 61; // proc_pid_pagemap(5)
        try
        {
            using var map = File.OpenHandle("/proc/self/pagemap");
            var pages = new ulong[Math.Min(last - first, 8192)];
            while (first < last)
            {
                var bytes = MemoryMarshal.AsBytes(pages.AsSpan(0, (int)Math.Min(last - first, pages.Length)));
                var count = RandomAccess.Read(map, bytes, first * sizeof(ulong)) / sizeof(ulong);
                if (count == 0)
                    return false;
                foreach (var entry in pages.AsSpan(0, count))
                    if ((entry & (present | swapped)) != 0 && (entry & ofFile) == 0)
                        return false;
                first += count;
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        lock (Gate)
            Leave();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint address)
    {
        lock (Gate)
        {
            var (file, tensors) = Owners[address];
            if (tensors == 1)
                Owners.Remove(address);
            else
                Owners[address] = (file, tensors - 1);
            file.Leave();
        }
    }

    private void Leave()
    {
        if (--_users > 0)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private const int adviceDontNeed = 4;

    [DllImport("libc")]
    private static extern int madvise(nint address, nint length, int advice);
}
