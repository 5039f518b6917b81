using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Static prompting read well: what each step of the reading must do, on latents that are not square.</summary>
public sealed class StaticRefinementTests : IDisposable
{
    private const int Rows = 8,
        Columns = 16;
    private static readonly RefinementSettings Plain = new()
    {
        Times = [1],
        StrideWeights = [1, 0, 0, 0],
        Blur = 0,
        Walks = 0,
    };
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _mode = no_grad();
    private readonly TinyModel _tiny;
    private readonly StableDiffusion _diffusion;
    private readonly Tensor _latents,
        _phrases,
        _null;

    public StaticRefinementTests(TinyModel tiny)
    {
        _tiny = tiny;
        _diffusion = tiny.Pipeline.Diffusion;
        var generator = new Generator(21);
        _latents = randn([1, 4, Rows, Columns], generator: generator);
        _phrases = randn([3, 64], generator: generator);
        _null = randn([64], generator: generator);
    }

    public void Dispose()
    {
        _mode.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Without_walks_a_map_is_the_finest_blocks_shares_from_their_least_to_their_largest_value()
    {
        using var prompt = Read();
        var shares = prompt
            .PixelReadings.Where(reading => reading.Site.Stride == 1)
            .Select(reading => reading.Map / reading.Map.sum(1, keepdim: true))
            .ToList();
        Assert.True(shares.Count > 1);
        var mean = shares.Aggregate((sum, one) => sum + one) / shares.Count;
        TensorAssert.Close(Stretched(mean), Maps(Plain), 1e-4, "maps");
    }

    [Fact]
    public void The_null_phrase_may_keep_its_part()
    {
        using var prompt = Read();
        var maps = prompt.PixelReadings.Where(reading => reading.Site.Stride == 1).Select(reading => reading.Map).ToList();
        Assert.All(maps, map => Assert.True(map.sum(1).max().item<float>() < 0.999)); // the rest is the null phrase's
        var mean = maps.Aggregate((sum, one) => sum + one) / maps.Count;
        TensorAssert.Close(Stretched(mean), Maps(Plain with { NullPhrase = true }), 1e-4, "maps");
        Assert.True((Maps(Plain with { NullPhrase = true }) - Maps(Plain)).abs().max().item<float>() > 0.05, "it matters");
    }

    [Fact]
    public void A_walk_takes_the_mean_of_those_that_a_pixel_attends_to()
    {
        using var prompt = Read();
        var attention = prompt.MeanSelfAttention()[0].to(float64); // [hw, hw]
        TensorAssert.Close(ones(Rows * Columns, dtype: float64), attention.sum(1), 1e-5, "shares");
        var columns = Maps(Plain)[0].flatten(1).to(float64); // [N, hw]
        var walked = attention.matmul(attention.matmul(columns.transpose(0, 1))).transpose(0, 1).view(1, 3, Rows, Columns);
        // stretching enlarges float32's own error: this UNet's pixels attend to each other nearly evenly
        TensorAssert.Close(Stretched(walked).to(float32), Maps(Plain with { Walks = 2 }), 1e-2, "two steps");
        Assert.True((Maps(Plain) - Maps(Plain with { Walks = 2 })).abs().max().item<float>() > 0.2, "walks change maps");
    }

    [Fact]
    public void A_walk_may_know_the_upward_blocks_alone_and_keep_to_the_likest_pixels()
    {
        using var prompt = Read(site => site.Path.StartsWith("up_blocks", StringComparison.Ordinal));
        var attention = prompt.MeanSelfAttention()[0].to(float64);
        var columns = Maps(Plain)[0].flatten(1).to(float64).transpose(0, 1); // [hw, N]
        var upward = Plain with { Walks = 1, UpwardWalks = true };
        TensorAssert.Close(Walked(attention), Maps(upward), 1e-2, "upward");
        TensorAssert.Close(Walked(attention.pow(3)), Maps(upward with { WalkSharpness = 3 }), 1e-2, "upward and sharp");
        Assert.True((Maps(upward) - Maps(upward with { UpwardWalks = false })).abs().max().item<float>() > 0.05, "the way matters");
        Assert.True((Maps(upward) - Maps(upward with { WalkSharpness = 3 })).abs().max().item<float>() > 0.05, "sharpness matters");

        Tensor Walked(Tensor weights) =>
            Stretched((weights / weights.sum(1, keepdim: true)).matmul(columns).transpose(0, 1).view(1, 3, Rows, Columns)).to(float32);
    }

    [Fact]
    public void A_walk_along_no_block_is_refused()
    {
        using var prompt = Read(_ => false);
        Assert.Contains("no transformer block", Assert.Throws<ModelException>(prompt.MeanSelfAttention).Message);
    }

    [Fact]
    public void What_lies_outside_the_picture_counts_for_nothing()
    {
        var letterbox = Letterbox.Fit(80, 64, 0) with { Width = 8 * Columns, Height = 8 * Rows };
        var maps = Maps(new() { Times = [1] }, letterbox);
        Assert.Equal(0, maps[.., .., .., 10..].abs().max().item<float>());
        var inside = maps[.., .., .., ..10].flatten(2);
        TensorAssert.Close(zeros(1, 3), inside.amin([2]), 0, "least");
        TensorAssert.Close(ones(1, 3), inside.amax([2]), 1e-5, "largest");
    }

    [Theory]
    [InlineData(0, 1e-3)]
    [InlineData(1, 2e-2)] // as above
    public void Read_in_both_directions_a_mirrored_picture_has_mirrored_maps(int walks, double tolerance)
    {
        var both = Plain with { Flip = true, Walks = walks };
        var expected = Maps(both).flip(3);
        TensorAssert.Close(expected, Maps(both, latents: _latents.flip(3)), tolerance, "mirrored");
        var one = both with { Flip = false };
        Assert.True((Maps(one).flip(3) - Maps(one, latents: _latents.flip(3))).abs().max().item<float>() > 0.1, "one direction differs");
    }

    [Fact]
    public void A_blur_makes_maps_smoother()
    {
        var (sharp, soft) = (Maps(Plain), Maps(Plain with { Blur = 1 }));
        Assert.True(Roughness(soft) < 0.7 * Roughness(sharp));

        static double Roughness(Tensor maps) => (maps[.., .., .., 1..] - maps[.., .., .., ..^1]).abs().mean().item<float>();
    }

    [Fact]
    public void Walks_along_colours_end_where_colours_do()
    {
        const int half = 8 * Columns / 2;
        var image = zeros(1, 3, 8 * Rows, 8 * Columns);
        image[.., .., .., half..] = 1;
        var coarse = Enlarged(Maps(Plain, image: image));
        var walked = Maps(Plain with { ColourWalks = 200 }, image: image);
        Assert.Equal([1, 3, 4 * Rows, 4 * Columns], walked.shape);
        // Each half comes near its own mean, and what differs between the halves stays apart at the border of the colours.
        var (left, right) = (walked[.., .., .., ..(half / 2)], walked[.., .., .., (half / 2)..]);
        foreach (var side in (Tensor[])[left, right])
            Assert.InRange(side.std([2, 3]).max().item<float>(), 0, 0.1);
        var (before, after) = (Halves(coarse), Halves(walked));
        Assert.Equal(before.sign().data<float>().ToArray(), after.sign().data<float>().ToArray());
        Assert.InRange(after.abs().min().item<float>(), 0.5, 1); // stretched: one side is near 0, the other near 1

        // A picture of one colour is a blur without borders.
        var blurred = Maps(Plain with { ColourWalks = 200 });
        Assert.True((blurred[.., .., .., half / 2] - blurred[.., .., .., half / 2 - 1]).abs().max().item<float>() < 0.1);

        Tensor Halves(Tensor maps)
        {
            var sides = maps.mean([2]).chunk(2, 2);
            return sides[1].mean([2]) - sides[0].mean([2]);
        }

        Tensor Enlarged(Tensor maps) =>
            nn.functional.interpolate(maps, scale_factor: [4, 4], mode: InterpolationMode.Bilinear, align_corners: false);
    }

    [Fact]
    public void Walks_along_colours_take_nothing_from_outside_the_picture()
    {
        var letterbox = Letterbox.Fit(80, 64, 0) with { Width = 8 * Columns, Height = 8 * Rows };
        var settings = Plain with { ColourWalks = 20 };
        var (maps, inside) = (Maps(settings, letterbox), 40);
        Assert.Equal(0, maps[.., .., .., inside..].abs().max().item<float>());
        TensorAssert.Close(ones(1, 3), maps.amax([2, 3]), 1e-5, "largest");
        // Another picture beyond the border changes nothing within.
        var image = zeros(1, 3, 8 * Rows, 8 * Columns);
        image[.., .., .., 80..] = 1;
        TensorAssert.Close(maps, Maps(settings, letterbox, image: image), 1e-5, "maps");
    }

    [Fact]
    public void Noise_is_the_same_each_time_and_times_are_averaged()
    {
        TensorAssert.Close(Maps(Plain with { Times = [200] }), Maps(Plain with { Times = [200] }), 0, "again");
        Assert.True((Maps(Plain with { Times = [200] }) - Maps(Plain)).abs().max().item<float>() > 1e-2, "noise changes what is read");
        TensorAssert.Close(Maps(Plain), Maps(Plain with { Times = [1, 1] }), 1e-5, "the mean of equal readings");
    }

    [Theory]
    [InlineData("walk=2", "has no 'walk'")]
    [InlineData("walks=-1", "from 0 to 64")]
    [InlineData("times=1,x", "is no whole number")]
    [InlineData("times=", "is no whole number")]
    [InlineData("times=1,1000", "times of 1000 is out of range: from 0 to 999")]
    [InlineData("flip=2", "neither 0 nor 1")]
    [InlineData("strides=1,0", "are four numbers")]
    [InlineData("strides=0,0,0,0", "one is more than 0")]
    [InlineData("blur=NaN", "from 0 to 16")]
    [InlineData("sharpness=0", "from 1 to 8")]
    [InlineData("sharpness=1.5", "is no whole number")]
    [InlineData("up=2", "neither 0 nor 1")]
    [InlineData("colours=201", "from 0 to 200")]
    [InlineData("contrast=0", "from 0.001 to 1")]
    [InlineData("threshold=1.5", "from 0 up to, but not including, 1")]
    [InlineData("threshold=1", "not including, 1")]
    [InlineData("strides=1,Infinity,0,0", "are four numbers")]
    public void Settings_that_cannot_be_are_named(string change, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => new RefinementSettings().With([change])).Message);

    [Fact]
    public void Settings_are_read_one_by_one()
    {
        var settings = new RefinementSettings().With([
            "times=1,100",
            "strides=0.5,0.5,0,0",
            "walks=3",
            "flip=1",
            "blur=1.5",
            "null=1",
            "up=1",
            "sharpness=2",
            "colours=30",
            "contrast=0.05",
            "threshold=0.7",
        ]);
        Assert.Equal([1, 100], settings.Times);
        Assert.Equal([0.5, 0.5, 0, 0], settings.StrideWeights);
        Assert.Equal(
            "times=1,100 strides=0.5,0.5,0,0 null=1 blur=1.5 walks=3 up=1 sharpness=2 colours=30 contrast=0.05 flip=1 threshold=0.7",
            settings.ToString()
        );
        Assert.Equal((3, true, 1.5), (settings.Walks, settings.Flip, settings.Blur));
    }

    [Fact]
    public void A_model_says_how_it_is_read_where_nobody_else_does()
    {
        using var folder = new TemporaryFolder();
        var model = _tiny.Copy(folder);
        Assert.Equal(new RefinementSettings().ToString(), RefinementSettings.Of(model).ToString());
        folder.Write("model/model_index.json", Index("walks=3  threshold=0.7"));
        Assert.Equal((3, 0.7), (RefinementSettings.Of(model).Walks, RefinementSettings.Of(model).Threshold));
        using (var pipeline = GroundingPipeline.Open(model))
        {
            Assert.Equal(0.7, pipeline.ThresholdOf(MaskHead.Refined));
            Assert.Contains("walks=3", pipeline.MethodBy(MaskHead.Refined));
            using var bare = pipeline.WithoutTrainedParts();
            Assert.Equal(0.7, bare.ThresholdOf(MaskHead.Refined));
        }
        using (
            var pipeline = GroundingPipeline.Open(
                new GroundingPipelineOptions
                {
                    ModelFolder = model,
                    Refinement = new() { Walks = 1 },
                }
            )
        )
            Assert.Contains("walks=1", pipeline.MethodBy(MaskHead.Refined));

        folder.Write("model/model_index.json", Index("walks=no"));
        var fault = Assert.Throws<ModelException>(() => GroundingPipeline.Open(model));
        Assert.Contains(Path.Combine(model, "model_index.json"), fault.Message);
        Assert.Contains("walks=no is no whole number", fault.Message);

        static string Index(string refinement) =>
            $$"""{ "_class_name": "StableDiffusionPipeline", "_groundling_refinement": "{{refinement}}" }""";
    }

    private static Letterbox Whole { get; } = Letterbox.Fit(8 * Columns, 8 * Rows, 0);

    private RefiningPrompt Read(Func<TransformerSite, bool>? noted = null)
    {
        var input = new GroundingInput(_latents, _phrases.unsqueeze(0), _null.unsqueeze(0), null);
        var prompt = new RefiningPrompt(input, 1, noted ?? (_ => true));
        _diffusion.UNet.call(_latents, tensor(new[] { 1L }), prompt).Dispose();
        return prompt;
    }

    private Tensor Maps(RefinementSettings settings, Letterbox? letterbox = null, Tensor? latents = null, Tensor? image = null) =>
        new StaticRefinement(_diffusion, settings).Maps(
            image ?? zeros(1, 3, 8 * Rows, 8 * Columns),
            latents ?? _latents,
            _phrases,
            _null,
            letterbox ?? Whole,
            default
        );

    private static Tensor Stretched(Tensor maps)
    {
        var (least, most) = (maps.amin([2, 3], keepdim: true), maps.amax([2, 3], keepdim: true));
        return (maps - least) / (most - least);
    }
}
