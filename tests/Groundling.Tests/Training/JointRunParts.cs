using System.Diagnostics;
using System.Text.Json;
using Groundling.Data.NounPhrases;
using Groundling.Tests.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>What <see cref="ParallelTests"/> has two processes do; explicit, because each needs the other.</summary>
public sealed class JointRunParts(ITestOutputHelper output)
{
    /// <summary>The environment variable with a folder for results.</summary>
    internal const string Folder = "GROUNDLING_JOINT_FOLDER";

    internal static readonly TrainingSettings Settings = new()
    {
        Steps = 20,
        LearningRate = 0.05,
        ClipNorm = 1,
        Seed = 3,
        Threads = 1,
    };

    [Fact(Explicit = true)]
    public void All_in_two_processes() =>
        Jointly(processes =>
        {
            Exchanges(processes);
            ExchangesWhileCollecting(processes);
            var folder = Environment.GetEnvironmentVariable(Folder)!;
            using (var task = new SharedToyTask { Start = processes.Rank })
            {
                using var files = processes.Rank == 0 ? NewRun(Path.Combine(folder, "joint")) : null;
                using var run = new TrainingRun(task, Settings, files, processes);
                Assert.Equal(20, run.Run().Step);
                File.WriteAllText(Path.Combine(folder, $"numbers-{processes.Rank}"), JsonSerializer.Serialize(task.Numbers()));
            }
            // A number that is none in one process stops both; a stop that one is told stops both after the same step.
            Assert.Contains(
                "step 4",
                Assert
                    .Throws<InputException>(() =>
                        Train(processes, folder, "nan", new() { Broken = step => processes.Rank == 1 && step == 4 }, default)
                    )
                    .Message
            );
            using var stop = new CancellationTokenSource();
            var outcome = Train(
                processes,
                folder,
                "stop",
                new()
                {
                    Broken = step =>
                    {
                        if (processes.Rank == 1 && step == 5)
                            stop.Cancel();
                        return false;
                    },
                },
                stop.Token
            );
            Assert.Equal((5, true), (outcome.Step, outcome.Stopped));
        });

    /// <summary>
    /// How long the mean of the paper-size model's gradients takes, in 25 MB buckets: mpirun -np 2 Groundling.Tests -explicit only -method
    /// "*.Time_of_*".
    /// </summary>
    [Fact(Explicit = true)]
    public void Time_of_averaging_the_paper_sizes_gradients() =>
        Jointly(processes =>
        {
            using var scope = NewDisposeScope();
            var gradients = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Manifests", "paper-grounding.txt"))
                .Select(line => ones(line[(line.IndexOf('[') + 1)..^1].Split(", ").Select(long.Parse).ToArray()))
                .ToList();
            var seconds = Enumerable
                .Range(0, 8)
                .Select(_ =>
                {
                    processes.Barrier();
                    var watch = Stopwatch.StartNew();
                    processes.Average(gradients);
                    return watch.Elapsed.TotalSeconds;
                })
                .Skip(1)
                .Order()
                .ToList();
            output.WriteLine(
                $"{gradients.Sum(gradient => gradient.numel()):N0} gradients, {processes.Size} processes of {processes.Threads} threads: {1e3 * seconds[0]:F0} ms at least, {1e3 * seconds[3]:F0} ms in the median"
            );
        });

    internal static RunFolder NewRun(string path) => RunFolder.Open(path, "{}", RunRecord.Now("toy", 3, null, null), resume: false);

    private static TrainingOutcome Train(ICollective processes, string folder, string name, SharedToyTask task, CancellationToken stop)
    {
        using (task)
        {
            using var files = processes.Rank == 0 ? NewRun(Path.Combine(folder, name)) : null;
            using var run = new TrainingRun(task, Settings, files, processes);
            return run.Run(stop);
        }
    }

    private static void Exchanges(ICollective processes)
    {
        using var scope = NewDisposeScope();
        var rank = processes.Rank;
        // Means: several types in turn, more than a bucket, memory that is not in one piece, a gradient that must not be recorded.
        Tensor[] own =
        [
            full([3], 1f + rank),
            full([2, 2], 10.0 * (1 + rank), dtype: float64),
            full([5], 2f * rank, dtype: bfloat16),
            full([4_000_000], 4f + 2 * rank),
            full([4_000_000], (float)rank),
            full([2, 3], 6f * rank).t(),
            full([1], 8f * rank, requires_grad: true),
        ];
        processes.Average(own);
        foreach (var (expected, tensor) in new[] { 1.5, 15, 1, 5, 0.5, 3, 4 }.Zip(own))
            Assert.True(tensor.detach().eq(expected).all().item<bool>(), $"{tensor.dtype} {tensor.shape[0]}: {expected}");
        // From process 0: any type, views.
        var picture = zeros(4, 6);
        Tensor[] given = [full([3], 7 + rank, dtype: int64), full([2], rank == 0, dtype: @bool), picture[.., ..3]];
        given[2].fill_(1 + rank);
        processes.Broadcast(given);
        Assert.Equal([7, 7, 7], given[0].data<long>().ToArray());
        Assert.True(given[1].all().item<bool>());
        Assert.Equal(12, picture.sum().item<float>());
        // Lists, texts, decisions.
        Assert.Equal([4, 5, 6], processes.Share(rank == 0 ? [4, 5, 6] : [9]));
        Assert.Empty(processes.Share([]));
        Assert.Equal(rank == 0 ? ["", "näh 🐶"] : [], processes.Gather(rank == 0 ? "" : "näh 🐶"));
        Assert.True(processes.Any(rank == 1));
        Assert.False(processes.Any(false));
        // Results of shared work arrive in order.
        var taken = new List<string>();
        SharedWork.Run(
            processes,
            Enumerable.Range(0, 19),
            own => own.Select(i => $"{i} by {i % 2}"),
            taken.Add,
            JsonSerializerOptions.Default,
            default
        );
        Assert.Equal(rank == 0 ? Enumerable.Range(0, 19).Select(i => $"{i} by {i % 2}") : [], taken);
        processes.Barrier();
    }

    private static void ExchangesWhileCollecting(ICollective processes)
    {
        using var scope = NewDisposeScope();
        var same = full([1000], 3f);
        using var collections = new ForcedCollections();
        for (var i = 0; i < 200; i++)
            processes.Average([same]); // (3 + 3) / 2
        Assert.All(same.data<float>().ToArray(), value => Assert.Equal(3, value));
    }

    private static void Jointly(Action<MpiCollective> work)
    {
        var processes = MpiCollective.Join();
        Assert.SkipUnless(processes is not null, "runs under mpirun");
        try
        {
            set_num_threads(processes.Threads);
            work(processes);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            MpiCollective.Abort(1);
            throw;
        }
        MpiCollective.Leave();
    }
}
