using Groundling.Decoding;
using Groundling.Evaluation;
using Groundling.Losses;
using Groundling.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Losses against values worked out by hand or in plain loops.</summary>
public sealed class GroundingLossTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(41);

    public void Dispose()
    {
        _scope.Dispose();
        _generator.Dispose();
    }

    [Fact]
    public void Cross_entropy_by_hand()
    {
        var logits = tensor(new[] { 0f, 2, -1, 100 }, [2, 2]);
        var labels = tensor(new[] { 1f, 0, 0.25f, 1 }, [2, 2]);
        // -l log p - (1 - l) log (1 - p)
        var expected = (Math.Log(2) + Math.Log(1 + Math.Exp(2)) + (0.25 + Math.Log(1 + Math.Exp(-1))) + 0) / 4;
        Assert.Equal(expected, GroundingLoss.CrossEntropy(logits, labels).item<float>(), 1e-6);
        Assert.Equal(100, GroundingLoss.CrossEntropy(full([1, 1], -100f), ones(1, 1)).item<float>(), 1e-4);
    }

    [Fact]
    public void Dice_by_hand()
    {
        const float sure = 50;
        var logits = tensor(new[] { sure, sure, -sure, -sure, -sure, -sure, -sure, -sure, 0, 0, 0, 0 }, [3, 4]);
        var labels = tensor(new[] { 1f, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1 }, [3, 4]);
        // Overlap 1 of 2 and 2; both empty; half of everything.
        var expected = ((1 - 3.0 / 5) + 0 + (1 - 5.0 / 7)) / 3;
        Assert.Equal(expected, GroundingLoss.Dice(logits, labels).item<float>(), 1e-6);
    }

    [Fact]
    public void Class_by_hand()
    {
        var logits = tensor(new[] { 1f, 2, 3, 0, 0, 0, 5, 0, 1 }, [3, 3]);
        var normal = Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3));
        double Expected(int last) => (normal - 2 + Math.Log(3) + Math.Log(Math.Exp(5) + 1 + Math.Exp(1)) - (last == 0 ? 5 : 1)) / 3;
        Assert.Equal(Expected(0), GroundingLoss.Class(logits, tensor(new long[] { 1, 0, 0 })).item<float>(), 1e-5);
        Assert.Equal(Expected(2), GroundingLoss.Class(logits, tensor(new long[] { 1, 0, -1 })).item<float>(), 1e-5);
        Assert.Equal(Expected(2), GroundingLoss.Class(logits, tensor(new long[] { 1, 2, 255 })).item<float>(), 1e-5);
    }

    [Fact]
    public void Diffusion_loss_is_the_mean_over_phrases_and_pixels_of_clamped_probabilities()
    {
        var loss = new GroundingLoss(new() { ProbabilityFloor = 0.01 }, _generator);
        var probabilities = tensor(new[] { 0f, 1, 0.5f, 0.2f, 0.9f, 0.3f }, [1, 2, 3]);
        var masks = tensor(new[] { 1f, 1, 1, 0, 1, 0 }, [1, 2, 3]);
        var expected = -(Math.Log(0.01) + Math.Log(0.99) + Math.Log(0.5) + Math.Log(0.8) + Math.Log(0.9) + Math.Log(0.7)) / 6;
        Assert.Equal(expected, loss.Diffusion(probabilities, masks).item<float>(), 1e-5);
        Assert.Equal(expected, loss.Diffusion(probabilities, masks.repeat_interleave(2, 1).repeat_interleave(2, 2)).item<float>(), 1e-5);
    }

    [Fact]
    public void The_whole_is_the_weighted_sum_of_means_over_grounded_phrases()
    {
        // Predictions and targets are constant over the picture: whatever points are drawn, the values there are known.
        var config = new LossConfig
        {
            Points = 16,
            Diffusion = 0.5,
            Adapter = 2,
            Decoder = 3,
            Class = 4,
            CrossEntropy = 6,
            Dice = 7,
        };
        var generator = new Generator(42);
        var (inside, adapter, decoder) = (tensor(new[] { 1f, 0, 1, 1, 0, 0 }, [2, 3]), Logits(2), Logits(3));
        var grounded = tensor(new[] { true, true, false, false, true, false }, [2, 3]);
        var classes = tensor(new long[] { 0, 1, 1, 0, 1, 0 }, [2, 3]);
        var probability = rand([2, 3], generator: generator);
        using var output = new GroundingOutput(
            Spread(probability, 6, 8),
            [.. adapter.Skip(1).Select(Prediction)],
            Prediction(adapter[0]),
            [.. decoder.Select(Prediction)]
        );
        using var losses = new GroundingLoss(config, _generator).Compute(output, new(Spread(inside, 6, 8).gt(0.5), classes, grounded));

        (int, int)[] counted = [(0, 0), (0, 1), (1, 1)];
        double Mean(Func<int, int, double> value) => counted.Average(place => value(place.Item1, place.Item2));
        double Diffusion() =>
            Mean(
                (b, n) => -Math.Log(inside[b, n].item<float>() > 0 ? probability[b, n].item<float>() : 1 - probability[b, n].item<float>())
            );
        double CrossEntropy((Tensor Mask, Tensor Class) layer) =>
            Mean((b, n) => Math.Log(1 + Math.Exp((inside[b, n].item<float>() > 0 ? -1 : 1) * layer.Mask[b, n].item<float>())));
        double Dice((Tensor Mask, Tensor Class) layer) =>
            Mean(
                (b, n) =>
                {
                    var (p, t) = (16 / (1 + Math.Exp(-layer.Mask[b, n].item<float>())), 16 * inside[b, n].item<float>());
                    return 1 - (2 * p * t / 16 + 1) / (p + t + 1);
                }
            );
        double Class((Tensor Mask, Tensor Class) layer) =>
            Mean((b, n) => -layer.Class[b, n].log_softmax(0)[classes[b, n].item<long>()].item<float>());
        var expected = new Dictionary<string, double>
        {
            ["diffusion"] = Diffusion(),
            ["adapter.class"] = adapter.Average(Class),
            ["adapter.crossEntropy"] = adapter.Average(CrossEntropy),
            ["adapter.dice"] = adapter.Average(Dice),
            ["decoder.class"] = decoder.Average(Class),
            ["decoder.crossEntropy"] = decoder.Average(CrossEntropy),
            ["decoder.dice"] = decoder.Average(Dice),
        };
        Assert.Equal(expected.Keys.Order(), losses.Parts.Keys.Order());
        foreach (var (name, value) in expected)
            Assert.Equal(value, losses.Parts[name].item<float>(), 1e-4);
        double Head(string name) => 4 * expected[$"{name}.class"] + 6 * expected[$"{name}.crossEntropy"] + 7 * expected[$"{name}.dice"];
        Assert.Equal(0.5 * expected["diffusion"] + 2 * Head("adapter") + 3 * Head("decoder"), losses.Total.item<float>(), 1e-3);

        List<(Tensor Mask, Tensor Class)> Logits(int layers) =>
            [.. Enumerable.Range(0, layers).Select(_ => (randn([2, 3], generator: generator), randn([2, 3, 3], generator: generator)))];
        static Tensor Spread(Tensor values, int height, int width) =>
            values.unsqueeze(-1).unsqueeze(-1).expand(2, 3, height, width).clone();
        static MaskPrediction Prediction((Tensor Mask, Tensor Class) layer) => new(Spread(layer.Mask, 2, 3), layer.Class);
    }

    [Fact]
    public void Heads_of_weight_0_and_phrases_without_ground_carry_no_loss()
    {
        var (masks, classes) = (randn(2, 3, 4, 4).requires_grad_(), randn(2, 3, 3).requires_grad_());
        var diffusion = rand(2, 3, 8, 8).requires_grad_();
        var output = new GroundingOutput(diffusion, [new(masks, classes)], new(masks, classes), [new(masks, classes)]);
        var target = new GroundingTarget(ones(2, 3, 8, 8, dtype: @bool), zeros(2, 3, dtype: int64), zeros(2, 3, dtype: @bool));
        using var nothing = new GroundingLoss(new() { Points = 8 }, _generator).Compute(output, target);
        nothing.Total.backward();
        Assert.Equal(0, nothing.Total.item<float>());
        Assert.All((Tensor[])[masks, classes, diffusion], tensor => Assert.Equal(0, tensor.grad!.abs().max().item<float>()));

        using var one = new GroundingLoss(
            new()
            {
                Points = 8,
                Adapter = 0,
                Diffusion = 0,
            },
            _generator
        ).Compute(output, target with { Grounded = ones(2, 3, dtype: @bool) });
        Assert.Equal(["decoder.class", "decoder.crossEntropy", "decoder.dice"], one.Parts.Keys.Order());
        using var some = new GroundingLoss(new() { Points = 8 }, _generator).Compute(
            output,
            target with
            {
                Grounded = tensor(new[] { true, false, false, false, false, true }, [2, 3]),
            }
        );
        some.Total.backward();
        Assert.Equal([true, false, false, false, false, true], masks.grad!.abs().sum([2, 3]).gt(0).flatten().data<bool>());
        Assert.Equal([true, false, false, false, false, true], diffusion.grad!.abs().sum([2, 3]).gt(0).flatten().data<bool>());
    }

    [Fact]
    public void Of_what_is_not_there_the_class_alone_is_learnt()
    {
        var (masks, classes) = (randn(2, 2, 4, 4).requires_grad_(), randn(2, 2, 3).requires_grad_());
        var diffusion = rand(2, 2, 8, 8).requires_grad_();
        var output = new GroundingOutput(diffusion, [new(masks, classes)], new(masks, classes), [new(masks, classes)]);
        var absent = tensor(new[] { false, true, false, false }, [2, 2]);
        var target = new GroundingTarget(
            ones(2, 2, 8, 8, dtype: @bool),
            tensor(new long[] { 0, -1, 1, 0 }, [2, 2]),
            ones(2, 2, dtype: @bool)
        );
        GroundingLosses Losses(GroundingTarget what) =>
            new GroundingLoss(new() { Points = 8, Importance = 0 }, _generator).Compute(output, what);
        using var some = Losses(target with { Absent = absent });
        some.Total.backward();
        Assert.Equal([true, false, true, true], masks.grad!.abs().sum([2, 3]).gt(0).flatten().data<bool>());
        Assert.Equal([true, false, true, true], diffusion.grad!.abs().sum([2, 3]).gt(0).flatten().data<bool>());
        Assert.Equal([true, true, true, true], classes.grad!.abs().sum(2).gt(0).flatten().data<bool>());
        Assert.True(classes.grad[0, 1, 2].item<float>() < 0); // towards "no class"
        // means are over all four: of the three masks three quarters
        using var three = Losses(target with { Grounded = absent.logical_not() });
        Assert.Equal(0.75 * three.Parts["diffusion"].item<float>(), some.Parts["diffusion"].item<float>(), 1e-6);
    }

    [Fact]
    public void Points_read_images_at_pixel_centres_and_go_on_at_the_border()
    {
        var images = arange(6, dtype: float32).view(1, 2, 3);
        var points = tensor(new[] { 0.5f / 3, 0.25f, 2.5f / 3, 0.75f, 0.5f, 0.5f, 0, 0, 1, 1 }, [1, 5, 2]);
        TensorAssert.Close(tensor(new[] { 0f, 5, 2.5f, 0, 5 }, [1, 5]), PointSampling.At(images, points), 1e-5, "values");
        var enlarged = nn.functional.interpolate(
            images.unsqueeze(0),
            size: [8, 12],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        )[0];
        TensorAssert.Close(
            enlarged[0, 3, 7],
            PointSampling.At(images, tensor(new[] { 7.5f / 12, 3.5f / 8 }, [1, 1, 2]))[0, 0],
            1e-5,
            "the same as enlarging first"
        );
    }

    [Fact]
    public void Three_quarters_of_the_points_are_the_most_uncertain_of_three_times_as_many()
    {
        // The logit is 0 along the left edge and grows to the right: uncertain points lie on the left.
        var config = new LossConfig { Points = 4000 };
        var logits = arange(200, dtype: float32).view(1, 1, 200).expand(2, 10, 200).contiguous();
        var points = PointSampling.Choose(logits, config, PointSampling.From(_generator));
        Assert.Equal([2, 4000, 2], points.shape);
        Assert.True(points.min().item<float>() >= 0 && points.max().item<float>() <= 1);
        var x = points[0, .., 0];
        // 3000 of 12000 drawn points are chosen: the leftmost quarter. The other 1000 lie anywhere.
        Assert.InRange(x[..3000].max().item<float>(), 0.22, 0.28);
        Assert.InRange(x[..3000].mean().item<float>(), 0.115, 0.135);
        Assert.InRange(x[3000..].mean().item<float>(), 0.46, 0.54);
        Assert.InRange(points[0, .., 1].mean().item<float>(), 0.47, 0.53);
        Assert.True((points[0] - points[1]).abs().max().item<float>() > 0.1, "each mask has points of its own");

        using var again = new Generator(41);
        TensorAssert.Close(points, PointSampling.Choose(logits, config, PointSampling.From(again)), 0, "the same seed");
        var anywhere = PointSampling.Choose(logits, config with { Importance = 0 }, PointSampling.From(_generator));
        Assert.InRange(anywhere[.., .., 0].mean().item<float>(), 0.48, 0.52);
        Assert.True(
            PointSampling.Choose(logits, config with { Importance = 1 }, PointSampling.From(_generator))[.., .., 0].max().item<float>()
                < 0.4
        );
    }

    [Fact]
    public void A_phrases_category_is_the_commonest_then_the_larger()
    {
        Assert.Null(GroundingTarget.CategoryOf([]));
        Assert.Equal(7, GroundingTarget.CategoryOf([(7, 1)]));
        Assert.Equal(3, GroundingTarget.CategoryOf([(3, 1), (9, 100), (3, 1)]));
        Assert.Equal(9, GroundingTarget.CategoryOf([(3, 1), (9, 100)]));
        Assert.Equal(9, GroundingTarget.CategoryOf([(3, 50), (9, 60), (3, 50), (9, 60)]));
        Assert.Equal(3, GroundingTarget.CategoryOf([(9, 5), (3, 5)]));
    }
}
