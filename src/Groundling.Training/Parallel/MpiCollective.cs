using System.Diagnostics;
using System.Globalization;
using System.Text;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Processes that mpirun started together, by Open MPI. One of them failing ends all.</summary>
/// <remarks>The library is looked for only in a process that mpirun started. Calls may come from any thread, one at a time.</remarks>
public sealed unsafe class MpiCollective : ICollective
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private MpiCollective(int rank, int size, int threads) => (Rank, Size, Threads) = (rank, size, threads);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int LocalRank => Count("OMPI_COMM_WORLD_LOCAL_RANK") ?? 0;

    /// <summary>Threads that this process should compute with: its share of the cores that it may use.</summary>
    public int Threads { get; }

    /// <summary>Joins the processes that mpirun started with this one; once a process.</summary>
    /// <returns>Null in a process that was started alone.</returns>
    /// <exception cref="InputException">Open MPI is not installed, too simple, or the processes were started by another MPI.</exception>
    public static MpiCollective? Join()
    {
        if (Count("OMPI_COMM_WORLD_SIZE") is null or 1)
        {
            return Count("PMI_SIZE") is > 1
                ? throw new InputException(
                    "these processes were started by another MPI than Open MPI (PMI_SIZE is set); start them with Open MPI's mpirun"
                )
                : null;
        }
        var world = OpenMpi.World; // the first to need the library
        OpenMpi.Check(OpenMpi.MPI_Init_thread(0, 0, OpenMpi.Serialized, out var provided), nameof(OpenMpi.MPI_Init_thread));
        if (provided < OpenMpi.Serialized)
            throw new InputException("this Open MPI was built without threads; install one that has them");
        OpenMpi.Check(OpenMpi.MPI_Comm_rank(world, out var rank), nameof(OpenMpi.MPI_Comm_rank));
        OpenMpi.Check(OpenMpi.MPI_Comm_size(world, out var size), nameof(OpenMpi.MPI_Comm_size));
        return new(rank, size, ShareOfCores(size));
    }

    /// <inheritdoc/>
    public void Average(IReadOnlyList<Tensor> tensors)
    {
        using var frozen = no_grad();
        foreach (var bucket in TensorBucket.Of(tensors))
        {
            using var scope = NewDisposeScope();
            var flat = bucket.Pack(CPU);
            fixed (byte* numbers = flat.bytes)
            {
                OpenMpi.Check(
                    OpenMpi.MPI_Allreduce(
                        OpenMpi.InPlace,
                        numbers,
                        checked((int)flat.numel()),
                        flat.dtype == float64 ? OpenMpi.Double : OpenMpi.Float,
                        OpenMpi.Sum,
                        OpenMpi.World
                    ),
                    nameof(OpenMpi.MPI_Allreduce)
                );
            }
            bucket.Unpack(flat.OverInPlace(Size));
        }
    }

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        using var frozen = no_grad();
        foreach (var tensor in tensors)
        {
            using var scope = NewDisposeScope();
            var plain = tensor.detach().cpu().contiguous(); // the tensor's own memory where it is plain already
            fixed (byte* bytes = plain.bytes)
                OpenMpi.Check(
                    OpenMpi.MPI_Bcast(bytes, checked((int)(plain.numel() * plain.dtype.ElementSize())), OpenMpi.Byte, 0, OpenMpi.World),
                    nameof(OpenMpi.MPI_Bcast)
                );
            if (Rank > 0)
                tensor.copy_(plain);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Gather(string text)
    {
        var own = Encoding.UTF8.GetBytes(text);
        var lengths = EachOf(own.Length, Size).Select(length => (int)length).ToArray();
        var places = new int[Size];
        for (var i = 1; i < Size; i++)
            places[i] = checked(places[i - 1] + lengths[i - 1]);
        var all = new byte[Rank == 0 ? checked(places[^1] + lengths[^1]) : 0];
        fixed (
            byte* sent = own,
                received = all
        )
        fixed (
            int* counts = lengths,
                starts = places
        )
            OpenMpi.Check(
                OpenMpi.MPI_Gatherv(sent, own.Length, OpenMpi.Byte, received, counts, starts, OpenMpi.Byte, 0, OpenMpi.World),
                nameof(OpenMpi.MPI_Gatherv)
            );
        return Rank > 0 ? [] : [.. places.Zip(lengths, (start, length) => Encoding.UTF8.GetString(all, start, length))];
    }

    /// <inheritdoc/>
    public void Barrier() => OpenMpi.Check(OpenMpi.MPI_Barrier(OpenMpi.World), nameof(OpenMpi.MPI_Barrier));

    /// <summary>Waits a moment for the others at the end of the work; a process that failed alone finds nobody.</summary>
    /// <returns>Whether all have come; then nothing else may be called but <see cref="Leave"/>.</returns>
    public bool Meet()
    {
        OpenMpi.Check(OpenMpi.MPI_Ibarrier(OpenMpi.World, out var request), nameof(OpenMpi.MPI_Ibarrier));
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; Thread.Sleep(5))
        {
            OpenMpi.Check(OpenMpi.MPI_Test(ref request, out var done, 0), nameof(OpenMpi.MPI_Test));
            if (done != 0)
                return true;
        }
        return false;
    }

    /// <summary>Leaves when all others do; the last call of a process.</summary>
    public static void Leave() => OpenMpi.Check(OpenMpi.MPI_Finalize(), nameof(OpenMpi.MPI_Finalize));

    /// <summary>Ends all processes at once, so that none waits for one that failed.</summary>
    /// <param name="code">mpirun's exit code.</param>
    public static void Abort(int code) => OpenMpi.Check(OpenMpi.MPI_Abort(OpenMpi.World, code), nameof(OpenMpi.MPI_Abort));

    /// <summary>Processes that may use the same cores of the same machine share them.</summary>
    private static int ShareOfCores(int size)
    {
        const string status = "/proc/self/status";
        var cores = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal))
            : null;
        var place = BitConverter.ToInt64(
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName} {cores}"))
        );
        return Math.Max(1, Environment.ProcessorCount / EachOf(place, size).Count(other => other == place));
    }

    /// <summary>A number of every process.</summary>
    private static long[] EachOf(long number, int size)
    {
        var all = new long[size];
        fixed (long* received = all)
            OpenMpi.Check(
                OpenMpi.MPI_Allgather(&number, sizeof(long), OpenMpi.Byte, received, sizeof(long), OpenMpi.Byte, OpenMpi.World),
                nameof(OpenMpi.MPI_Allgather)
            );
        return all;
    }

    private static int? Count(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;
}
