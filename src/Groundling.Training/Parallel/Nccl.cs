using System.Runtime.InteropServices;

namespace Groundling.Training;

/// <summary>The functions of NVIDIA's NCCL that are used here, from the library that is found at run time.</summary>
internal sealed unsafe class Nccl
{
    /// <summary>Numbers of NCCL's interface: element types, and the operation that makes a mean.</summary>
    public const int Byte = 1,
        Float = 7,
        Double = 8,
        Mean = 4;

    private const string Library = "libnccl.so.2";
    private const int First = 21_000; // 2.10, which has the mean

    private readonly delegate* unmanaged<int, byte*> _message;
    private readonly delegate* unmanaged<UniqueId*, int> _uniqueId;
    private readonly delegate* unmanaged<nint*, int, UniqueId, int, int> _join;
    private readonly delegate* unmanaged<nint, int> _leave,
        _abort;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> _broadcast;
    private readonly delegate* unmanaged<int> _begin,
        _end;

    private Nccl(nint library)
    {
        _message = (delegate* unmanaged<int, byte*>)Export("ncclGetErrorString");
        _uniqueId = (delegate* unmanaged<UniqueId*, int>)Export("ncclGetUniqueId");
        _join = (delegate* unmanaged<nint*, int, UniqueId, int, int>)Export("ncclCommInitRank");
        _leave = (delegate* unmanaged<nint, int>)Export("ncclCommDestroy");
        _abort = (delegate* unmanaged<nint, int>)Export("ncclCommAbort");
        _allReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Export("ncclAllReduce");
        _broadcast = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Export("ncclBroadcast");
        _begin = (delegate* unmanaged<int>)Export("ncclGroupStart");
        _end = (delegate* unmanaged<int>)Export("ncclGroupEnd");
        int version;
        Check(((delegate* unmanaged<int*, int>)Export("ncclGetVersion"))(&version), "ncclGetVersion");
        Version = version;

        nint Export(string name) =>
            NativeLibrary.TryGetExport(library, name, out var address)
                ? address
                : throw new InputException($"this NCCL lacks {name}; install 2.10 or newer");
    }

    /// <summary>10,000 x major + 100 x minor + patch.</summary>
    public int Version { get; }

    /// <summary>What the processes of one communicator know in common.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UniqueId
    {
        /// <summary>How many bytes it has.</summary>
        public const int Size = 128;

        private fixed byte _bytes[Size];
    }

    /// <summary>Loads the library.</summary>
    /// <param name="path">Its file; null looks where the system does, and beside libtorch.</param>
    /// <exception cref="InputException">It is not there, or too old.</exception>
    public static Nccl Load(string? path = null)
    {
        if (!NativeLibrary.TryLoad(path ?? Library, typeof(TorchSharp.torch).Assembly, null, out var library))
            throw new InputException(
                $"several processes share their work on CUDA, but {path ?? Library} cannot be loaded; install NVIDIA's NCCL (Debian: apt-get install libnccl2), or start a single process without mpirun"
            );
        var nccl = new Nccl(library);
        return nccl.Version >= First
            ? nccl
            : throw new InputException($"NCCL {nccl.Version / 10_000}.{nccl.Version / 100 % 100} is too old; install 2.10 or newer");
    }

    /// <summary>A new communicator's name.</summary>
    public UniqueId NewId()
    {
        UniqueId id;
        Check(_uniqueId(&id), "ncclGetUniqueId");
        return id;
    }

    /// <summary>Joins a communicator on the current card; returns when all have.</summary>
    /// <exception cref="InputException">It cannot be joined, as where two processes use one card.</exception>
    public nint Join(int size, UniqueId id, int rank, string device)
    {
        nint communicator;
        var code = _join(&communicator, size, id, rank);
        return code == 0
            ? communicator
            : throw new InputException(
                $"process {rank} of {size} cannot join the others on {device}: NCCL says {Message(code)}; each process needs a card of its own (NCCL_DEBUG=WARN says more)"
            );
    }

    /// <summary>Begins a group of operations that are started together.</summary>
    public void Begin() => Check(_begin(), "ncclGroupStart");

    /// <summary>Starts them.</summary>
    public void End() => Check(_end(), "ncclGroupEnd");

    /// <summary>The mean over all processes, in place.</summary>
    public void Average(nint address, long count, int type, nint communicator, nint stream) =>
        Check(_allReduce((void*)address, (void*)address, (nuint)count, type, Mean, communicator, stream), "ncclAllReduce");

    /// <summary>Process 0's bytes, in place.</summary>
    public void Broadcast(nint address, long bytes, nint communicator, nint stream) =>
        Check(_broadcast((void*)address, (void*)address, (nuint)bytes, Byte, 0, communicator, stream), "ncclBroadcast");

    /// <summary>Leaves a communicator.</summary>
    public void Leave(nint communicator) => Check(_leave(communicator), "ncclCommDestroy");

    /// <summary>Leaves a communicator that has failed.</summary>
    public void Abort(nint communicator) => _ = _abort(communicator);

    private string Message(int code) => $"{Marshal.PtrToStringUTF8((nint)_message(code))} ({code})";

    private void Check(int code, string operation)
    {
        if (code != 0)
            throw new InvalidOperationException($"{operation} failed: {Message(code)}");
    }
}
