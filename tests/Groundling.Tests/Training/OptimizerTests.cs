using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class OptimizerTests
{
    [Fact]
    public void AdamW_is_the_one_of_torch()
    {
        using var scope = NewDisposeScope();
        var settings = new TrainingSettings
        {
            WeightDecay = 0.3,
            Beta1 = 0.8,
            Beta2 = 0.95,
            Epsilon = 1e-5,
        };
        var ours = Two(1);
        var theirs = Two(1);
        using var optimizer = new AdamW([("weight", ours[0]), ("bias", ours[1])], name => name == "weight", settings);
        using var decaying = optim.AdamW([new TorchSharp.Modules.Parameter(theirs[0])], 0.01, 0.8, 0.95, 1e-5, 0.3);
        var parameters = (decaying.parameters().Single(), new TorchSharp.Modules.Parameter(theirs[1]));
        using var plain = optim.AdamW([parameters.Item2], 0.01, 0.8, 0.95, 1e-5, 0);
        for (var step = 1; step <= 25; step++)
        {
            var rate = 0.01 / step;
            foreach (var group in decaying.ParamGroups.Concat(plain.ParamGroups))
                group.LearningRate = rate;
            var gradients = Two(step + 1);
            for (var i = 0; i < 2; i++)
                ours[i].grad = gradients[i].clone();
            parameters.Item1.grad = gradients[0].clone();
            parameters.Item2.grad = gradients[1].clone();
            optimizer.Update(step, rate);
            decaying.step();
            plain.step();
            TensorAssert.Close(parameters.Item1, ours[0], 1e-6, $"weight after {step}");
            TensorAssert.Close(parameters.Item2, ours[1], 1e-6, $"bias after {step}");
        }
        Assert.True((ours[0] - Two(1)[0]).abs().max().item<float>() > 0.01, "it moved");
    }

    [Fact]
    public void A_missing_gradient_is_one_of_zero()
    {
        using var scope = NewDisposeScope();
        Tensor missing = Two(3)[0],
            zero = Two(3)[0];
        using var first = new AdamW([("a", missing)], _ => true, new());
        using var second = new AdamW([("a", zero)], _ => true, new());
        foreach (var step in Enumerable.Range(1, 4))
        {
            var gradient = step == 1 ? Two(4)[0] : null;
            missing.grad = gradient;
            zero.grad = gradient ?? zeros_like(zero);
            first.Update(step, 0.1);
            second.Update(step, 0.1);
        }
        TensorAssert.Close(zero, missing, 0, "weights");
    }

    [Fact]
    public void All_gradients_are_clipped_together()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new[] { 3f }),
            b = tensor(new[] { 0f, 4f }),
            unused = tensor(new[] { 1f });
        (a.grad, b.grad) = (tensor(new[] { 3f }), tensor(new[] { 0f, 4f }));
        (string, Tensor)[] all = [("a", a), ("b", b), ("unused", unused)];
        Assert.Equal(5, Gradients.Norm(all), 6);
        Gradients.Clip(all, 5, 10);
        Assert.Equal(3, a.grad!.item<float>());
        Gradients.Clip(all, 5, 0);
        Assert.Equal(3, a.grad!.item<float>());
        Gradients.Clip(all, 5, 0.5);
        Assert.Equal(0.3, a.grad!.item<float>(), 6);
        Assert.Equal(0.4, b.grad![1].item<float>(), 6);
        Assert.Null(unused.grad);
    }

    [Fact]
    public void A_run_may_cool_down_at_its_end()
    {
        var settings = new TrainingSettings
        {
            Steps = 100,
            LearningRate = 1,
            CoolDown = 9,
        };
        Assert.Equal(1, settings.LearningRateAt(91), 12);
        Assert.Equal(0.9, settings.LearningRateAt(92), 12);
        Assert.Equal(0.1, settings.LearningRateAt(100), 12);
        Assert.Equal(1, (settings with { CoolDown = 0 }).LearningRateAt(100), 12);
    }

    [Theory]
    [InlineData(ScheduleShape.Constant, 1, 0.25)]
    [InlineData(ScheduleShape.Constant, 4, 1)]
    [InlineData(ScheduleShape.Constant, 104, 1)]
    [InlineData(ScheduleShape.Cosine, 2, 0.5)]
    [InlineData(ScheduleShape.Cosine, 5, 1)]
    [InlineData(ScheduleShape.Cosine, 55, 0.5)]
    [InlineData(ScheduleShape.Cosine, 104, 0.000246719817)] // (1 + cos 0.99 pi) / 2
    [InlineData(ScheduleShape.Step, 78, 1)]
    [InlineData(ScheduleShape.Step, 79, 0.1)]
    public void The_learning_rate_follows_its_schedule(ScheduleShape shape, long step, double share)
    {
        var settings = new TrainingSettings
        {
            Steps = 104,
            WarmUp = 4,
            LearningRate = 2e-3,
            Schedule = shape,
            DecayAt = 0.75,
            DecayBy = 0.1,
        };
        Assert.Equal(2e-3 * share, settings.LearningRateAt(step), 12);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        Assert.StartsWith(
            "'train.beta2' is 1;",
            Assert.Throws<InputException>(() => new TrainingSettings { Beta2 = 1 }.RequireRanges()).Message
        );
        Assert.StartsWith(
            "'train.learningRate' is NaN;",
            Assert.Throws<InputException>(() => new TrainingSettings { LearningRate = double.NaN }.RequireRanges()).Message
        );
    }

    [Fact]
    public void Seeds_differ_by_seed_step_and_process_and_not_otherwise()
    {
        var seeds = new HashSet<ulong>();
        for (ulong seed = 0; seed < 10; seed++)
        for (ulong step = 0; step < 100; step++)
        for (ulong rank = 0; rank < 4; rank++)
            seeds.Add(StepSeed.Of(seed, step, rank));
        Assert.Equal(4000, seeds.Count);
        Assert.Equal(StepSeed.Of(1, 2, 3), StepSeed.Of(1, 2, 3));
        Assert.NotEqual(StepSeed.Of(1, 2), StepSeed.Of(2, 1));
    }

    private static Tensor[] Two(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return [randn([3, 2], generator: generator), randn([4], generator: generator)];
    }
}
