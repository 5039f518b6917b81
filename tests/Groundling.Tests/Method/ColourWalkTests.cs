using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Decoding;
using Groundling.Modeling;
using Groundling.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Steps along colours of a trained decoder's masks; the refined head's stand in <see cref="StaticRefinementTests"/>.</summary>
public sealed class ColourWalkTests : IDisposable
{
    private static readonly Caption TwoPhrases = Caption.ParseBrackets("[a man] on [a grey horse]");
    private readonly TemporaryFolder _folder = new();
    private readonly TinyModel _tiny;

    public ColourWalkTests(TinyModel tiny)
    {
        _tiny = tiny;
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { ColourWalks = 5, Contrast = 0.1 }, stirred: true);
        GroundingFolder.Save(_folder.File("trained"), model);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_decoders_masks_take_the_steps_that_the_trained_parts_ask_for()
    {
        using var scope = NewDisposeScope();
        using GroundingPipeline own = Open(),
            still = Open(0);
        var picture = TinyModel.Gradient(100, 40); // in an input of 128 x 64
        using var trace = own.Trace(picture, TwoPhrases, new() { Size = 0 });
        var raw = still.Probabilities(trace);
        using var walk = new ColourWalk(trace.Image, ColourWalk.Inside(trace.Letterbox, 64, 128, CPU), 0.1);
        var expected = walk.Walked(raw.unsqueeze(0), 5, default)[0];
        TensorAssert.Close(expected, own.Probabilities(trace), 1e-5, "probabilities");
        Assert.True((expected - raw).abs().max().item<float>() > 1e-3, "the steps change nothing");
        var content = expected[0, ..40, ..100];
        var threshold = Thresholds.FarFromAll(content);
        var mask = own.Ground(picture, TwoPhrases, new() { Size = 0, Threshold = threshold }).Phrases[0].Mask;
        Assert.Equal(content.gt(threshold).to(uint8).contiguous().data<byte>(), mask.ToBytes());
        Assert.EndsWith("mask decoder, 5 steps along colours", own.Origin.Method);
        Assert.EndsWith("mask decoder", still.Origin.Method);
    }

    [Theory]
    [InlineData(MaskHead.Adapter)]
    [InlineData(MaskHead.Diffusion)]
    public void Other_heads_masks_stay(MaskHead head)
    {
        using GroundingPipeline own = Open(),
            still = Open(0);
        using var trace = own.Trace(TinyModel.Gradient(128, 64), TwoPhrases, new() { Size = 0 });
        using Tensor expected = still.Probabilities(trace, head),
            actual = own.Probabilities(trace, head);
        TensorAssert.Close(expected, actual, 0, "probabilities");
    }

    [Fact]
    public void A_picture_of_one_colour_makes_masks_smoother_and_keeps_their_mean()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inside = ones(1, 1, 16, 24);
        using var walk = new ColourWalk(zeros(1, 3, 32, 48), inside, 0.03);
        var maps = rand([1, 2, 16, 24], generator: new Generator(2));
        var walked = walk.Walked(maps, 30, default);
        Assert.InRange(walked.std().item<float>() / maps.std().item<float>(), 0, 0.2);
        TensorAssert.Close(maps.mean([2, 3]), walked.mean([2, 3]), 0.05, "mean");
    }

    [Fact]
    public void Steps_that_cannot_be_taken_are_refused()
    {
        Assert.Contains("out of range: 0 to 200", Assert.Throws<InputException>(() => Open(201)).Message);
        Assert.Contains("out of range: 0 to 200", Assert.Throws<InputException>(() => Open(-1)).Message);
        var options = new GroundingPipelineOptions { ModelFolder = _tiny.Path, ColourWalks = 3 };
        Assert.Contains("trained mask decoder", Assert.Throws<InputException>(() => GroundingPipeline.Open(options)).Message);
        using var none = GroundingPipeline.Open(options with { ColourWalks = 0 });
        Assert.Equal("static prompting", none.Origin.Method);
        var config = TinyGrounding.Config;
        Assert.Contains("'colourWalks'", Assert.Throws<InputException>(() => (config with { ColourWalks = 201 }).Validated()).Message);
        Assert.Contains("'contrast'", Assert.Throws<InputException>(() => (config with { Contrast = 0 }).Validated()).Message);
    }

    private GroundingPipeline Open(int? walks = null) =>
        GroundingPipeline.Open(
            new GroundingPipelineOptions
            {
                ModelFolder = _tiny.Path,
                TrainedParts = TrainedParts.In(_folder.File("trained")),
                ColourWalks = walks,
            }
        );
}
