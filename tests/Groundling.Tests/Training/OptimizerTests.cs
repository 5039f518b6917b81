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
        using var vector = new ParameterVector([("bias", ours[1]), ("weight", ours[0])], name => name == "weight");
        using var optimizer = new AdamW(vector, settings);
        vector.ClearGradients();
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
                ours[i].grad!.copy_(gradients[i]);
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

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(6, 6)]
    public void Muon_keeps_singular_vectors_and_makes_singular_values_about_one(long rows, long columns)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var matrices = randn([3, rows, columns], float64, CPU, generator: generator);
        var (left, _, right) = linalg.svd(matrices, fullMatrices: false);
        var values = left.transpose(1, 2).matmul(Muon.Orthogonalize(matrices)).matmul(right.transpose(1, 2));
        var diagonal = values.diagonal(dim1: 1, dim2: 2);
        Assert.InRange(diagonal.min().item<double>(), 0.65, 1);
        Assert.InRange(diagonal.max().item<double>(), 1, 1.25);
        TensorAssert.Close(diagonal.diag_embed(), values, 1e-9, "singular vectors");
    }

    [Fact]
    public void Muon_moves_matrices_along_their_mean_gradients_orthogonal_factor_and_the_rest_as_AdamW_does()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var settings = new TrainingSettings
        {
            Optimizer = OptimizerKind.Muon,
            Momentum = 0.75,
            WeightDecay = 0.3,
        };
        Tensor kernel = randn([3, 2, 2, 2], generator: generator),
            bias = randn([4], generator: generator),
            plain = bias.clone();
        using var vector = new ParameterVector([("bias", bias), ("kernel", kernel)], name => name == "kernel");
        using var plainVector = new ParameterVector([("bias", plain)], _ => false);
        using var optimizer = Optimizer.Of(vector, settings, SingleProcess.Instance);
        using var reference = new AdamW(plainVector, settings);
        Assert.Equal(["mean.kernel", "first.bias", "second.bias"], optimizer.Moments.Select(moment => moment.Name));
        vector.ClearGradients();
        plainVector.ClearGradients();
        var mean = zeros(3, 8, dtype: float64);
        for (var step = 1; step <= 4; step++)
        {
            var rate = 0.1 / step;
            Tensor gradient = randn([3, 2, 2, 2], generator: generator),
                biasGradient = randn([4], generator: generator),
                before = kernel.clone();
            kernel.grad!.copy_(gradient);
            bias.grad!.copy_(biasGradient);
            plain.grad!.copy_(biasGradient);
            optimizer.Update(step, rate);
            reference.Update(step, rate);
            mean = 0.75 * mean + 0.25 * gradient.view(3, 8).to(float64);
            var (left, _, right) = linalg.svd(0.75 * mean + 0.25 * gradient.view(3, 8).to(float64), fullMatrices: false);
            // A root mean square of 0.2 has a 3 x 8 matrix of orthonormal rows times 0.2 sqrt(8).
            var moved = (before * (1 - rate * 0.3) - kernel).view(3, 8).to(float64) / (rate * 0.2 * Math.Sqrt(8));
            var values = left.T.matmul(moved).matmul(right.T);
            var diagonal = values.diagonal();
            Assert.InRange(diagonal.min().item<double>(), 0.65, 1.25);
            Assert.InRange(diagonal.max().item<double>(), 0.65, 1.25);
            TensorAssert.Close(diagonal.diag_embed(), values, 1e-4, $"singular vectors after {step}");
            TensorAssert.Close(plain, bias, 0, $"bias after {step}");
        }
    }

    [Fact]
    public void A_missing_gradient_is_one_of_zero()
    {
        using var scope = NewDisposeScope();
        Tensor used = Two(3)[0].requires_grad_(),
            unused = Two(4)[1].requires_grad_();
        var before = unused.detach().clone();
        using var vector = new ParameterVector([("used", used), ("unused", unused)], _ => false);
        using var optimizer = new AdamW(vector, new());
        foreach (var step in Enumerable.Range(1, 2))
        {
            vector.ClearGradients();
            (used.sum() + (step == 1 ? unused.sum() : 0)).backward();
            optimizer.Update(step, 0.1);
        }
        // First moments 0.1, then 0.09; second 0.001, then 0.000999: steps of 1 and, as biases 0.19 and 0.001999 are taken out, of 0.67.
        TensorAssert.Close(before - 0.1 - 0.1 * (0.09 / 0.19) / Math.Sqrt(0.000999 / 0.001999), unused, 1e-6, "weights");
    }

    [Fact]
    public void All_gradients_are_clipped_together()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new[] { 3f }),
            b = tensor(new[] { 0f, 4f });
        using var vector = new ParameterVector([("a", a), ("b", b)], name => name == "b");
        vector.ClearGradients();
        a.grad!.fill_(3);
        b.grad!.copy_(tensor(new[] { 0f, 4f }));
        Assert.Equal(5, vector.Norm(), 6);
        vector.Clip(5, 10);
        Assert.Equal(3, a.grad!.item<float>());
        vector.Clip(5, 0);
        Assert.Equal(3, a.grad!.item<float>());
        vector.Clip(5, 0.5);
        Assert.Equal(0.3, a.grad!.item<float>(), 6);
        Assert.Equal(0.4, b.grad![1].item<float>(), 6);
        b.grad!.fill_(float.NaN);
        Assert.True(double.IsNaN(vector.Norm()));
    }

    [Fact]
    public void The_norm_of_millions_of_gradients_is_exact()
    {
        using var scope = NewDisposeScope();
        var many = zeros(9_000_000);
        using var vector = new ParameterVector([("many", many)], _ => true);
        vector.ClearGradients();
        many.grad!.fill_(0.1);
        Assert.Equal(300, vector.Norm(), 300 * 1e-6);
    }

    [Fact]
    public void Parameters_keep_names_shapes_and_values_and_outlive_their_vector()
    {
        using var scope = NewDisposeScope();
        var values = Two(5);
        var before = values.Select(value => value.clone()).ToArray();
        using (var vector = new ParameterVector([("weight", values[0]), ("bias", values[1])], name => name == "bias"))
        {
            Assert.Equal((64L, 1024L), (vector.DecayingLength, vector.Length));
            using var optimizer = new AdamW(vector, new());
            Assert.Equal(["first.weight", "second.weight", "first.bias", "second.bias"], optimizer.Moments.Select(pair => pair.Name));
            Assert.All(
                optimizer.Moments.Chunk(2).Zip(values),
                pair => Assert.All(pair.First, moment => Assert.Equal(pair.Second.shape, moment.Value.shape))
            );
        }
        TensorAssert.Close(before[0], values[0], 0, "weight");
        TensorAssert.Close(before[1], values[1], 0, "bias");
        Assert.All(values, value => Assert.Null(value.grad));
        Assert.Contains(
            "b is Float64",
            Assert
                .Throws<ArgumentException>(() => new ParameterVector([("a", zeros(1)), ("b", zeros(1, dtype: float64))], _ => true))
                .Message
        );
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
