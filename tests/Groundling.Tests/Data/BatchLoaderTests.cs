using Groundling.Data;
using Groundling.Data.Scenes;

namespace Groundling.Tests.Data;

public sealed class BatchLoaderTests : IDisposable
{
    private const int Count = 11, Side = 80;

    private readonly TemporaryFolder _folder = new();
    private readonly List<BenchmarkExample> _examples;
    private readonly BenchmarkFaults _faults = new();

    public BatchLoaderTests()
    {
        SceneWriter.Write(_folder.Path, SceneSplit.Val, Count, 5, Side, 0, null, TestContext.Current.CancellationToken);
        _examples = PngBenchmark.Open(_folder.Path, "val").Read(_faults).ToList();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Order_and_content_depend_on_the_seed_and_epoch_alone()
    {
        var one = Indices(new BatchOptions { BatchSize = 3, Seed = 7, Size = 64, Workers = 1, Ahead = 1 }, 2);
        var many = Indices(new BatchOptions { BatchSize = 3, Seed = 7, Size = 64, Workers = 6, Ahead = 5 }, 2);
        Assert.Equal(one, many);
        Assert.Equal(Enumerable.Range(0, Count), one.SelectMany(b => b).Order());
        Assert.NotEqual(one, Indices(new BatchOptions { BatchSize = 3, Seed = 7, Size = 64 }, 3));
        Assert.NotEqual(one, Indices(new BatchOptions { BatchSize = 3, Seed = 8, Size = 64 }, 2));
        Assert.Equal([3, 3, 3, 2], one.Select(b => b.Length));
        Assert.Equal(Enumerable.Range(0, Count), Indices(new BatchOptions { BatchSize = 4, Shuffle = false, Size = 64 }, 9).SelectMany(b => b));
    }

    [Fact]
    public void Work_goes_on_from_any_batch()
    {
        var options = new BatchOptions { BatchSize = 2, Seed = 1, Size = 64 };
        var whole = Indices(options, 4);
        var rest = Loader(options).Read(4, 3, TestContext.Current.CancellationToken).Select(Taken).ToList();
        Assert.Equal(whole.Skip(3), rest.Select(b => b.Indices));
        Assert.Equal([3, 4, 5], rest.Select(b => b.Number));
        Assert.Empty(Loader(options).Read(4, 99, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Samples_hold_what_the_files_hold()
    {
        foreach (var batch in Loader(new BatchOptions { BatchSize = 2, Size = 96, MaskDivisor = 4 }).Read(0, cancellation: TestContext.Current.CancellationToken))
        {
            foreach (var sample in batch.Samples)
            {
                Assert.Equal((128, 128), (sample.Letterbox.Width, sample.Letterbox.Height));
                Assert.Equal(sample.Letterbox.ToNetwork(sample.Example.LoadPicture()), sample.Pixels.ToArray());
                var masks = sample.Example.LoadMasks(_faults);
                Assert.Equal(masks.Select(m => m.ToCompressed()), sample.Masks.Select(m => m.ToCompressed()));
                Assert.Equal(sample.Masks.Count, sample.NetworkMasks.Count);
                Assert.All(sample.NetworkMasks, m => Assert.Equal((32, 32), (m.Width, m.Height)));
            }
            batch.Dispose();
            batch.Dispose();
            Assert.Throws<ObjectDisposedException>(() => batch.Samples[0].Pixels);
        }
        Assert.Empty(_faults.Describe());
    }

    [Fact]
    public void Pictures_of_all_shapes_fit_one_square()
    {
        using var benchmark = new SmallBenchmark();
        var example = benchmark.Read().Examples[0];
        using var batch = new BatchLoader([example], new BatchOptions { Size = 96, Square = true }, _faults).Read(0, cancellation: TestContext.Current.CancellationToken).Single();
        var box = batch.Samples[0].Letterbox;
        Assert.Equal((96, 64, 128, 128), (box.ContentWidth, box.ContentHeight, box.Width, box.Height));
        Assert.Equal(3 * 128 * 128, batch.Samples[0].Pixels.Length);
        Assert.Equal(0, batch.Samples[0].Pixels.Span[127 * 128]);
    }

    [Fact]
    public void Files_that_cannot_be_used_are_counted_and_leave_a_gap()
    {
        File.WriteAllBytes(_examples[1].PicturePath, [1, 2, 3]);
        File.WriteAllBytes(_examples[4].PanopticPath, new Picture(3, 3, new byte[27]).EncodePng());
        Assert.Equal([[0], [2, 3], [5], [6, 7], [8, 9], [10]], Indices(new BatchOptions { BatchSize = 2, Shuffle = false, Size = 64 }, 0));
        Assert.Equal(1, _faults[FaultKind.UnreadablePicture]);
        Assert.Equal(1, _faults[FaultKind.OtherSize]);
    }

    [Fact]
    public void Leaving_early_and_cancelling_stop_the_loading()
    {
        var options = new BatchOptions { BatchSize = 2, Size = 64, Ahead = 1 };
        foreach (var batch in Loader(options).Read(0, cancellation: TestContext.Current.CancellationToken))
        {
            batch.Dispose();
            break;
        }
        using var cancelling = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var batch in Loader(options).Read(0, cancellation: cancelling.Token))
            {
                batch.Dispose();
                cancelling.Cancel();
            }
        });
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Contains("batch size 0", Assert.Throws<InputException>(() => Loader(new BatchOptions { BatchSize = 0 })).Message);
        Assert.Contains("mask divisor 3", Assert.Throws<InputException>(() => Loader(new BatchOptions { MaskDivisor = 3 })).Message);
        Assert.Contains("no examples", Assert.Throws<InputException>(() => new BatchLoader([], new BatchOptions(), _faults)).Message);
    }

    private BatchLoader Loader(BatchOptions options) => new(_examples, options, _faults);

    private List<int[]> Indices(BatchOptions options, int epoch) =>
        Loader(options).Read(epoch, cancellation: TestContext.Current.CancellationToken).Select(b => Taken(b).Indices).ToList();

    private static (int Number, int[] Indices) Taken(Batch batch)
    {
        using (batch)
            return (batch.Number, [.. batch.Samples.Select(s => s.Example.Index)]);
    }
}
