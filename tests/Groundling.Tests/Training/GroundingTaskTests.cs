using System.Text.Json;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class GroundingTaskTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Needs 3 GB of memory: <c>Groundling.Tests -explicit only -method "*Masks_of_a_large_batch*"</c>.</summary>
    [Fact(Explicit = true)]
    public void Masks_of_a_large_batch_need_not_fit_one_array()
    {
        const int side = 1024,
            rows = 64,
            phrases = 33; // 2.2 billion pixels
        using var scope = NewDisposeScope();
        var (empty, full) = (new byte[side * side], new byte[side * side]);
        Array.Fill(full, (byte)1);
        TrainingNarrative Narrative(int row)
        {
            var masks = Enumerable.Repeat(empty, phrases - 1).ToList();
            if (row == rows - 1)
                masks.Add(full);
            return new(row, null!, masks, [.. masks.Select(_ => 2L)], null);
        }
        var target = TrainingTarget.Of([.. Enumerable.Range(0, rows).Select(Narrative)], side, CPU);
        Assert.Equal([rows, phrases, side, side], target.Masks.shape);
        Assert.Equal(side * side, target.Masks[rows - 1, phrases - 1].sum().item<long>());
        Assert.Equal(0, target.Masks[rows - 1, phrases - 2].sum().item<long>());
        Assert.True(target.Grounded[rows - 1, phrases - 1].item<bool>());
        Assert.False(target.Grounded[0, phrases - 1].item<bool>());
    }

    [Fact]
    public void Accumulated_micro_batches_are_one_large_batch()
    {
        var data = SmallTraining.Data(_folder);
        var whole = Gradients(data, SmallTraining.Config.Train with { BatchSize = 4 });
        var split = Gradients(data, SmallTraining.Config.Train with { BatchSize = 1, Accumulate = 4 });
        Assert.Equal(whole.Losses.Total, split.Losses.Total, 1e-4);
        foreach (var (large, small) in whole.Losses.Parts.Zip(split.Losses.Parts))
            Assert.True(large.Name == small.Name && Math.Abs(large.Value - small.Value) < 1e-4, $"{large} {small}");
        AssertClose(whole.Gradients, split.Gradients);
    }

    [Fact]
    public void Accumulated_micro_batches_are_one_large_batch_with_phrases_of_what_is_not_there_too()
    {
        var data = SmallTraining.Data(_folder);
        var settings = SmallTraining.Config.Train with { Absent = 0.75, BatchSize = 4 };
        var whole = Gradients(data, settings);
        var split = Gradients(data, settings with { BatchSize = 1, Accumulate = 4 });
        Assert.Equal(whole.Losses.Total, split.Losses.Total, 1e-4);
        AssertClose(whole.Gradients, split.Gradients);
        var plain = Gradients(data, settings with { Absent = 0 });
        Assert.NotEqual(plain.Losses.Total, whole.Losses.Total);
    }

    [Fact]
    public void Of_a_share_of_the_narratives_one_phrase_is_given_alone()
    {
        var data = SmallTraining.Data(_folder);
        Assert.Equal(4, Phrases(1));
        var (all, some) = (Phrases(0), Phrases(0.5));
        Assert.True(some > 4 && some < all, $"{some} of {all}");
        var settings = SmallTraining.Config.Train with { Alone = 0.5, Absent = 0.75, BatchSize = 4 };
        var whole = Gradients(data, settings);
        AssertClose(whole.Gradients, Gradients(data, settings with { BatchSize = 1, Accumulate = 4 }).Gradients);

        float Phrases(double share)
        {
            var phrases = 0f;
            Gradients(
                data,
                SmallTraining.Config.Train with
                {
                    Alone = share,
                    BatchSize = 4,
                },
                new Member(0, count => phrases = count, of: 1)
            );
            return phrases;
        }
    }

    [Fact]
    public void The_moving_average_is_what_is_saved_and_goes_on_where_a_run_does()
    {
        var data = SmallTraining.Data(_folder);
        const double decay = 0.15; // less than what the first step may keep, 2/11
        var settings = SmallTraining.Config.Train with { Steps = 4, SaveEvery = 1, ValidateEvery = 0, AverageDecay = decay };
        var config = SmallTraining.Config with { Train = settings };
        using var initial = SmallTraining.Task(tiny, data, SmallTraining.Config with { Train = settings with { Seed = 9 } });
        initial.Save(Directory.CreateDirectory(_folder.File("initial")).FullName);
        Dictionary<string, Tensor> expected = [];
        using (var task = SmallTraining.Task(tiny, data, config))
        {
            Assert.Empty(task.Begin(_folder.File("initial")));
            AssertSame(initial.Model.NamedTensors().ToDictionary(), task.Answering);
            expected = task.Model.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor.detach().clone());
            using var folder = Open(resume: false);
            using var stop = new CancellationTokenSource();
            using var run = new TrainingRun(
                task,
                settings,
                folder,
                observer: new Watcher(step =>
                {
                    Follow(task.Model);
                    if (step == 2)
                        stop.Cancel();
                })
            );
            Assert.True(run.Run(stop.Token).Stopped);
            AssertSame(expected, task.Answering);
        }
        using (var task = SmallTraining.Task(tiny, data, config))
        {
            using var folder = Open(resume: true);
            using var run = new TrainingRun(task, settings, folder, observer: new Watcher(_ => Follow(task.Model)));
            Assert.Equal(4, run.Run(TestContext.Current.CancellationToken).Step);
            using var saved = GroundingFolder.Load(folder.Last.Path, tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae);
            AssertSame(expected, saved);
            Assert.Contains(task.Model.NamedTensors(), pair => (pair.Tensor - expected[pair.Name]).abs().max().item<float>() > 1e-4);
        }

        void Follow(GroundingModel model)
        {
            foreach (var (name, value) in model.NamedTensors())
                expected[name] = (decay * expected[name] + (1 - decay) * value).detach().DetachFromDisposeScope();
        }

        RunFolder Open(bool resume) =>
            RunFolder.Open(_folder.File("run"), config.ToJson(), RunRecord.Now("grounding", 5, null, null), resume);

        static void AssertSame(IReadOnlyDictionary<string, Tensor> expected, GroundingModel model)
        {
            foreach (var (name, value) in model.NamedTensors())
                TensorAssert.Close(expected[name], value, 1e-5, name);
        }
    }

    [Fact]
    public void Processes_with_small_batches_make_the_step_of_one_with_a_large_batch()
    {
        var data = SmallTraining.Data(_folder);
        var alone = Gradients(data, SmallTraining.Config.Train with { BatchSize = 4 });
        var phrases = new float[2];
        for (var rank = 0; rank < 2; rank++)
            Gradients(data, SmallTraining.Config.Train, new Member(rank, count => phrases[rank] = count));
        Assert.NotEqual(phrases[0], phrases[1]); // else equal weights would pass, too
        var both = Enumerable
            .Range(0, 2)
            .Select(rank => Gradients(data, SmallTraining.Config.Train, new Member(rank, _ => phrases.Average())))
            .ToList();
        Assert.Equal(alone.Losses.Total, both.Average(own => own.Losses.Total), 1e-4);
        AssertClose(
            alone.Gradients,
            [.. both[0].Gradients.Zip(both[1].Gradients, (a, b) => (a.Name, a.Values.Zip(b.Values, (x, y) => (x + y) / 2).ToArray()))]
        );
    }

    [Theory]
    [InlineData(GroundingParts.Static, 1)]
    [InlineData(GroundingParts.Decoder, 2)]
    [InlineData(GroundingParts.DecoderAndAdapter, 2)]
    [InlineData(GroundingParts.DecoderAndAggregation, 2)]
    [InlineData(GroundingParts.Full, 2)]
    public void Every_set_of_parts_can_be_trained(GroundingParts parts, int least)
    {
        using var scope = NewDisposeScope();
        using var task = SmallTraining.Task(
            tiny,
            SmallTraining.Data(_folder, 2),
            SmallTraining.Config with
            {
                Grounding = SmallTraining.Config.Grounding with { Parts = parts },
            }
        );
        using var context = new StepContext(5, 1, SingleProcess.Instance);
        var losses = task.Step(context);
        Assert.True(double.IsFinite(losses.Total));
        // what processes name that have nothing to read, whose losses are averaged by their places
        Assert.Equal(
            GroundingLoss.PartsOf(SmallTraining.Config.Grounding.Loss, SmallTraining.Config.Grounding with { Parts = parts }),
            losses.Parts.Select(part => part.Name)
        );
        Assert.All(task.Parameters, parameter => Assert.True(parameter.Value.grad is not null, parameter.Name));
        Assert.True(task.Parameters.Count >= least);
        if (parts == GroundingParts.Static)
            Assert.Equal("diffusion_head.block_logits", task.Parameters.Single().Name);
    }

    [Fact]
    public void Only_linear_maps_and_convolutions_decay()
    {
        using var task = SmallTraining.Task(tiny, SmallTraining.Data(_folder, 2), SmallTraining.Config);
        var (decaying, staying) = (
            task.Parameters.Where(p => task.DecaysWeight(p.Name)).ToList(),
            task.Parameters.Where(p => !task.DecaysWeight(p.Name)).ToList()
        );
        Assert.All(decaying, parameter => Assert.EndsWith("weight", parameter.Name));
        Assert.DoesNotContain(decaying, parameter => parameter.Name.Contains("norm") || parameter.Name.Contains("embedding"));
        foreach (var name in (string[])["bias", "norm", "level_embedding", "block_logits", "mask_scale", "mask_bias"])
            Assert.Contains(staying, parameter => parameter.Name.Contains(name));
        Assert.Contains(decaying, parameter => parameter.Name == "adapter.blocks.0.down.weight");
    }

    [Fact]
    public void A_run_with_a_cache_is_the_run_without()
    {
        var data = SmallTraining.Data(_folder, 3);
        using var plain = SmallTraining.Task(tiny, data, SmallTraining.Config);
        var cache = new TensorCache(_folder.File("cache"));
        foreach (var _ in (int[])[1, 2])
        {
            using var cached = SmallTraining.Task(tiny, data, SmallTraining.Config, cache);
            AssertClose(GradientsOf(plain).Gradients, GradientsOf(cached).Gradients, 0);
        }
        Assert.True(cache.Found > 0 && cache.Made > 0);
    }

    [Fact]
    public void Saving_memory_changes_no_gradient()
    {
        var data = SmallTraining.Data(_folder, 3);
        AssertClose(
            Gradients(data, SmallTraining.Config.Train).Gradients,
            Gradients(data, SmallTraining.Config.Train with { SavesMemory = true }).Gradients
        );
    }

    /// <summary>Processors without bfloat16 take long: run with <c>-explicit only -method "*Mixed_precision*"</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Long")]
    public void Mixed_precision_comes_close_also_where_blocks_run_again(bool savesMemory)
    {
        var data = SmallTraining.Data(_folder, 3);
        using var halves = StableDiffusion.Open(tiny.Path, Rearrangement.None, place: ComputeDevice.Find("cpu", ComputePrecision.Bf16));
        using var task = SmallTraining.Task(
            halves,
            data,
            SmallTraining.Config with
            {
                Train = SmallTraining.Config.Train with { SavesMemory = savesMemory },
            }
        );
        var (full, mixed) = (Gradients(data, SmallTraining.Config.Train), GradientsOf(task));
        Assert.InRange(mixed.Losses.Total / full.Losses.Total, 0.97, 1.03);
        Assert.NotEqual(full.Losses.Total, mixed.Losses.Total);
    }

    [Fact]
    public void Narratives_that_cannot_be_read_are_left_out_and_counted()
    {
        var data = SmallTraining.Data(_folder, 3);
        File.WriteAllText(Directory.GetFiles(Path.Combine(data, "images", "train2017")).Order().First(), "no picture");
        using var task = SmallTraining.Task(
            tiny,
            data,
            SmallTraining.Config with
            {
                Train = SmallTraining.Config.Train with { BatchSize = 3 },
            }
        );
        Assert.True(double.IsFinite(GradientsOf(task).Losses.Total));
        Assert.Contains("is not a picture", Assert.Single(task.Faults));
        GradientsOf(task); // the second time over, it is the same fault
        Assert.Single(task.Faults);
        foreach (var picture in Directory.GetFiles(Path.Combine(data, "images", "train2017")))
            File.WriteAllText(picture, "no picture");
        Assert.Contains("none of its narratives can be used", Assert.Throws<InputException>(() => GradientsOf(task)).Message);
    }

    /// <summary>As after a stop within a validation.</summary>
    [Fact]
    public void Figures_of_a_checkpoint_that_is_measured_before_any_step_name_its_step()
    {
        using var task = SmallTraining.Task(tiny, SmallTraining.Data(_folder, 2), SmallTraining.Config);
        using (no_grad())
            task.Validate(4, TestContext.Current.CancellationToken);
        task.Save(_folder.Path);
        using var figures = JsonDocument.Parse(File.ReadAllText(_folder.File("metrics.json")));
        Assert.Equal(4, figures.RootElement.GetProperty("step").GetInt64());
    }

    [Fact]
    public void A_wrong_number_of_classes_is_refused()
    {
        var config = SmallTraining.Config with { Grounding = SmallTraining.Config.Grounding with { Classes = 133 } };
        Assert.Contains(
            "'grounding.classes' is 133; the data have 46 categories",
            Assert.Throws<InputException>(() => SmallTraining.Task(tiny, SmallTraining.Data(_folder, 2), config)).Message
        );
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using var task = SmallTraining.Task(
            tiny,
            SmallTraining.Data(_folder, 3),
            SmallTraining.Config with
            {
                Train = SmallTraining.Config.Train with { Steps = 100, BatchSize = 1, SaveEvery = 0, ValidateEvery = 0 },
                Data = new() { ValidationLimit = 1 },
            }
        );
        var counts = new List<long>();
        using var folder = RunFolder.Open(_folder.File("run"), "{}", RunRecord.Now("grounding", 5, null, null), resume: false);
        using var run = new TrainingRun(
            task,
            SmallTraining.Config.Train with
            {
                Steps = 100,
                SaveEvery = 0,
                ValidateEvery = 0,
            },
            folder,
            observer: new Watcher(_ => counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount))
        );
        run.Run();
        Assert.Equal(100, counts.Count);
        Assert.Equal(counts[10], counts[^1]);
    }

    private sealed class Watcher(Action<long> stepped) : ITrainingObserver
    {
        public void Begun(long done, long steps) { }

        public void Stepped(StepRecord record) => stepped(record.Step);

        public void Validated(long step, Validation validation, bool isBest) { }
    }

    private (StepLosses Losses, List<(string Name, float[] Values)> Gradients) Gradients(
        string data,
        GroundingTrainingSettings settings,
        ICollective? collective = null
    )
    {
        using var task = SmallTraining.Task(tiny, data, SmallTraining.Config with { Train = settings });
        return GradientsOf(task, collective);
    }

    private static (StepLosses Losses, List<(string Name, float[] Values)> Gradients) GradientsOf(
        GroundingTask task,
        ICollective? collective = null
    )
    {
        using var scope = NewDisposeScope();
        foreach (var (_, value) in task.Parameters)
            value.grad = null;
        using var context = new StepContext(5, 1, collective ?? SingleProcess.Instance);
        var losses = task.Step(context);
        return (
            losses,
            [
                .. task.Parameters.Select(parameter =>
                    (parameter.Name, parameter.Value.grad?.data<float>().ToArray() ?? new float[parameter.Value.numel()])
                ),
            ]
        );
    }

    private static void AssertClose(
        List<(string Name, float[] Values)> expected,
        List<(string Name, float[] Values)> actual,
        double tolerance = 1e-4
    )
    {
        var scale = expected.Max(gradient => gradient.Values.Max(Math.Abs));
        Assert.True(scale > 0);
        foreach (var (left, right) in expected.Zip(actual))
            Assert.True(
                left.Name == right.Name
                    && left.Values.Zip(right.Values).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance * scale),
                left.Name
            );
    }

    private sealed class Member(int rank, Func<float, float> mean, int of = 2) : ICollective
    {
        public int Rank => rank;

        public int Size => of;

        public void Average(IReadOnlyList<Tensor> tensors) => tensors.Single().fill_(mean(tensors.Single().item<float>()));

        public void Broadcast(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public IReadOnlyList<string> Gather(string text) => throw new NotSupportedException();

        public void Barrier() => throw new NotSupportedException();
    }
}
