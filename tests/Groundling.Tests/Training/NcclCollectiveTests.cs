using System.Runtime.InteropServices;
using Groundling.Tests.Data;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>
/// Against a library of our own in NCCL's place, whose cards are this process's memory and whose processes are its threads.
/// </summary>
public sealed partial class NcclCollectiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<string> _set = [];

    public void Dispose()
    {
        foreach (var name in _set)
            _ = unsetenv(name);
        _folder.Dispose();
    }

    [Fact]
    public void Two_processes_average_and_share_on_their_cards()
    {
        var library = Library();
        var results = Jointly(
            library,
            (collective, rank) =>
            {
                using var scope = NewDisposeScope();
                Tensor gradients = full(7_000_000, 1f + 2 * rank),
                    exact = tensor(new[] { 1e-12 * rank }),
                    half = tensor(new[] { 2f * rank }).to(bfloat16),
                    spread = (arange(6).to(float32) + 10 * rank).view(2, 3).t();
                collective.Average([spread, half, exact, gradients]);
                Tensor told = tensor(new[] { 5L - rank, 7L - rank }),
                    row = (arange(4).to(float32) * (1 - rank)).view(2, 2).t();
                collective.Broadcast([told, row]);
                return new[]
                {
                    gradients[0].item<float>(),
                    gradients[-1].item<float>(),
                    exact.item<double>() * 1e12,
                    half.to(float32).item<float>(),
                    spread[2, 1].item<float>(),
                    told[0].item<long>(),
                    row[1, 0].item<float>(),
                };
            }
        );
        Assert.All(results, numbers => Assert.Equal([2, 2, 0.5, 1, 10, 5, 1], numbers.Select(number => Math.Round(number, 9))));
        var log = Log();
        Assert.Equal(1, log.Count(line => line == "ncclGetUniqueId"));
        Assert.Equal(
            ["ncclCommInitRank 0 of 2, id right", "ncclCommInitRank 1 of 2, id right"],
            log.Where(line => line.StartsWith("ncclCommInitRank")).Order()
        );
        // The last tensors first; a large one alone, small ones together, each kind by itself.
        foreach (var rank in new[] { 0, 1 })
            Assert.Equal(
                ["7000000 of type 7", "1 of type 8", "7 of type 7"],
                log.Where(line => line.StartsWith("ncclAllReduce"))
                    .Where((_, i) => i % 2 == rank)
                    .Select(line => line.Split(' ', 2)[1].Split(',')[0])
            );
        Assert.All(log.Where(line => line.StartsWith("ncclAllReduce")), line => Assert.EndsWith("operation 4, stream 0, in place", line));
        Assert.Equal(
            ["16 of type 1 from 0", "16 of type 1 from 0", "16 of type 1 from 0", "16 of type 1 from 0"],
            log.Where(line => line.StartsWith("ncclBroadcast")).Select(line => line.Split(' ', 2)[1])
        );
        Assert.Equal(2, log.Count(line => line == "ncclCommDestroy"));
        Assert.Equal(log.Count(line => line == "ncclGroupStart"), log.Count(line => line == "ncclGroupEnd"));
    }

    [Fact]
    public void A_failure_says_which_call_and_what_NCCL_says()
    {
        var library = Library();
        Fails("ncclAllReduce", 2);
        var faults = Jointly(
            library,
            (collective, _) =>
            {
                using var one = ones(1);
                var first = Assert.Throws<InvalidOperationException>(() => collective.Average([one])).Message;
                Assert.Throws<ObjectDisposedException>(() => collective.Average([one]));
                return first;
            }
        );
        Assert.All(faults, fault => Assert.Equal("ncclAllReduce failed: unhandled system error (2)", fault));
        Assert.Equal(2, Log().Count(line => line == "ncclCommAbort"));
        Assert.DoesNotContain("ncclCommDestroy", Log());
    }

    [Fact]
    public void What_cannot_be_joined_says_why()
    {
        Assert.Contains(
            "libnone.so cannot be loaded; install NVIDIA's NCCL",
            Assert.Throws<InputException>(() => Nccl.Load(_folder.File("libnone.so"))).Message
        );
        var library = Library();
        Fails("ncclCommInitRank", 5);
        Assert.All(
            Started(library, (collective, _) => Assert.Throws<InputException>(() => collective()).Message),
            message =>
                Assert.Matches(
                    @"^process [01] of 2 cannot join the others on card: NCCL says invalid usage \(5\); each process needs a card of its own",
                    message
                )
        );
        SetVariable("NCCL_STUB_VERSION", "20805");
        Assert.Equal("NCCL 2.8 is too old; install 2.10 or newer", Assert.Throws<InputException>(() => Nccl.Load(library)).Message);
    }

    [Fact]
    public void Tensors_that_lie_elsewhere_go_the_other_way()
    {
        var library = Library();
        var processes = new Threads.Member(new Threads(1), 0);
        using var collective = NcclCollective.Join(processes, DeviceType.CUDA, "card", Nccl.Load(library));
        using var one = ones(1);
        collective.Average([one]);
        collective.Broadcast([one]);
        Assert.Equal(2 + 1, processes.Calls); // and one for the name of the communicator
        Assert.DoesNotContain(Log(), line => line.StartsWith("ncclAllReduce") || line.StartsWith("ncclBroadcast"));
    }

    private string Library()
    {
        var library = _folder.File($"libstub-{Guid.NewGuid():N}.so");
        Programs.Build("nccl/stub.c", library, "-pthread");
        SetVariable("NCCL_STUB_LOG", _folder.File("log"));
        return library;
    }

    private string[] Log() => File.Exists(_folder.File("log")) ? File.ReadAllLines(_folder.File("log")) : [];

    private void Fails(string function, int code) => SetVariable($"NCCL_STUB_FAIL_{function}", code.ToString());

    private void SetVariable(string name, string value)
    {
        _set.Add(name);
        _ = setenv(name, value, 1); // .NET's own changes do not reach getenv
    }

    private static List<T> Jointly<T>(string library, Func<NcclCollective, int, T> work) =>
        Started(library, (collective, rank) => work(collective(), rank));

    /// <summary>Two threads, each of which joins when it wishes.</summary>
    private static List<T> Started<T>(string library, Func<Func<NcclCollective>, int, T> work)
    {
        var threads = new Threads(2);
        var tasks = Enumerable
            .Range(0, 2)
            .Select(rank =>
                Task.Factory.StartNew(
                    () =>
                    {
                        var member = new Threads.Member(threads, rank);
                        NcclCollective? joined = null;
                        try
                        {
                            return work(() => joined = NcclCollective.Join(member, DeviceType.CPU, "card", Nccl.Load(library)), rank);
                        }
                        finally
                        {
                            joined?.Dispose();
                        }
                    },
                    TaskCreationOptions.LongRunning
                )
            )
            .ToArray();
        Assert.True(Task.WaitAll(tasks, TimeSpan.FromSeconds(60)), "the threads wait for each other");
        return [.. tasks.Select(task => task.Result)];
    }

    /// <summary>What MPI is to processes, for threads of this one.</summary>
    private sealed class Threads(int size)
    {
        private readonly System.Threading.Barrier _barrier = new(size);
        private byte[] _shared = [];

        public sealed class Member(Threads all, int rank) : ICollective
        {
            public int Rank => rank;

            public int Size => all._barrier.ParticipantCount;

            public int Calls { get; private set; }

            public void Average(IReadOnlyList<Tensor> tensors) => Calls++;

            public void Broadcast(IReadOnlyList<Tensor> tensors)
            {
                Calls++;
                if (rank == 0)
                    all._shared = tensors[0].bytes.ToArray();
                all._barrier.SignalAndWait();
                if (rank > 0)
                    all._shared.CopyTo(tensors[0].bytes);
                all._barrier.SignalAndWait();
            }

            public IReadOnlyList<string> Gather(string text) => throw new NotSupportedException();

            public void Barrier() => all._barrier.SignalAndWait();
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unsetenv(string name);
}
