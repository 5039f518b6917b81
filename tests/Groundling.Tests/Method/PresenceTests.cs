using Groundling.Decoding;
using Groundling.Modeling;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Whether a phrase is in the picture at all.</summary>
public class PresenceTests(TinyModel tiny)
{
    [Fact]
    public void Presence_is_what_no_class_leaves_and_empties_masks_below_the_least()
    {
        using var scope = NewDisposeScope();
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Presence = 0.3 });
        double[] there = [0.9, 0.31, 0.29, 0.01];
        // three classes of logit 0 share what "no class" leaves
        var none = tensor(there.Select(share => (float)Math.Log(3 * (1 - share) / share)).ToArray(), [1, 4, 1]);
        var decoder = new MaskPrediction(zeros(1, 4, 2, 2), cat([zeros(1, 4, 3), none], -1));
        var presence = model.Presence(null!, decoder, MaskHead.Decoder)!.data<float>().ToArray();
        Assert.All(there.Zip(presence), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        float[] expected = [0.7f, 0.7f, 0, 0];
        foreach (var batched in (bool[])[true, false])
        {
            var probabilities = full(batched ? [1, 4, 2, 3] : [4, 2, 3], 0.7f);
            var left = model.OfPresent(probabilities, null!, decoder, MaskHead.Decoder);
            Assert.Equal(probabilities.shape, left.shape);
            Assert.Equal(expected.SelectMany(value => Enumerable.Repeat(value, 6)), left.data<float>().ToArray());
        }
        Assert.Null(model.Presence(null!, decoder, MaskHead.Diffusion)); // no classes
    }

    [Fact]
    public void Who_has_not_learnt_it_says_nothing_of_it()
    {
        using var model = TinyGrounding.Build(tiny);
        using var decoder = new MaskPrediction(zeros(1, 1, 2, 2), zeros(1, 1, 4));
        Assert.Null(model.Presence(null!, decoder, MaskHead.Decoder));
        using var probabilities = ones(1, 1, 2, 2);
        Assert.Same(probabilities, model.OfPresent(probabilities, null!, decoder, MaskHead.Decoder));
    }

    [Theory]
    [InlineData("""{ "presence": 1 }""", "presence")]
    [InlineData("""{ "presence": -0.1 }""", "presence")]
    [InlineData("""{ "presence": 0.5, "parts": "static" }""", "the decoder says what is there")]
    public void A_least_presence_that_cannot_be_is_refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => GroundingConfig.Parse(json)).Message);

    [Fact]
    public void Learning_it_without_a_least_presence_is_refused()
    {
        var config = new TrainConfig
        {
            Model = "tiny",
            Train = new() { Steps = 1, Absent = 0.5 },
        };
        Assert.Contains("grounding.presence", Assert.Throws<InputException>(config.Validated).Message);
        Assert.Equal(0.5, (config with { Grounding = new() { Presence = 0.2 } }).Validated().Train.Absent);
    }
}
