using System.Runtime.InteropServices;

namespace Groundling.Training;

/// <summary>The functions of Open MPI that are used here. Its handles are addresses of objects in the library.</summary>
internal static unsafe class OpenMpi
{
    private const string Library = "libmpi.so.40"; // Open MPI 4 and 5
    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>All processes.</summary>
    public static nint World => Object("ompi_mpi_comm_world");

    public static nint Float => Object("ompi_mpi_float");

    public static nint Double => Object("ompi_mpi_double");

    public static nint Byte => Object("ompi_mpi_byte");

    public static nint Sum => Object("ompi_mpi_op_sum");

    /// <summary>In place of a buffer to send from: what is received is there already.</summary>
    public static void* InPlace => (void*)1;

    /// <summary>Calls from any thread, one at a time.</summary>
    public const int Serialized = 2;

    /// <summary>Fails where a function did; Open MPI ends all processes before that unless it is told not to.</summary>
    public static void Check(int code, string operation)
    {
        if (code != 0)
            throw new InvalidOperationException($"{operation} failed with code {code}");
    }

    [DllImport(Library)]
    public static extern int MPI_Init_thread(nint count, nint arguments, int wanted, out int provided);

    [DllImport(Library)]
    public static extern int MPI_Comm_rank(nint world, out int rank);

    [DllImport(Library)]
    public static extern int MPI_Comm_size(nint world, out int size);

    [DllImport(Library)]
    public static extern int MPI_Allreduce(void* send, void* receive, int count, nint type, nint operation, nint world);

    [DllImport(Library)]
    public static extern int MPI_Bcast(void* buffer, int count, nint type, int root, nint world);

    [DllImport(Library)]
    public static extern int MPI_Allgather(void* send, int sent, nint sentType, void* receive, int received, nint receivedType, nint world);

    [DllImport(Library)]
    public static extern int MPI_Gatherv(
        void* send,
        int sent,
        nint sentType,
        void* receive,
        int* received,
        int* places,
        nint receivedType,
        int root,
        nint world
    );

    [DllImport(Library)]
    public static extern int MPI_Barrier(nint world);

    [DllImport(Library)]
    public static extern int MPI_Ibarrier(nint world, out nint request);

    [DllImport(Library)]
    public static extern int MPI_Test(ref nint request, out int done, nint status);

    [DllImport(Library)]
    public static extern int MPI_Abort(nint world, int code);

    [DllImport(Library)]
    public static extern int MPI_Finalize();

    private static nint Object(string name) => NativeLibrary.GetExport(Loaded.Value, name);

    private static nint Load() =>
        NativeLibrary.TryLoad(Library, out var library)
            ? library
            : throw new InputException(
                $"this process was started by mpirun together with others, but {Library} cannot be loaded; install Open MPI (Debian: apt-get install openmpi-bin libopenmpi3), or start a single process without mpirun"
            );
}
