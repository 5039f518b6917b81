using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Parity;

/// <summary>Both kinds of text encoder against the reference implementations' values.</summary>
public class TextEncoderParityTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("text-encoder-quickgelu-tiny", true)]
    [InlineData("text-encoder-gelu-tiny", false)]
    public void Last_and_penultimate_states_match(string model, bool quickGelu)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors($"golden/{model}/io.safetensors");
        using var encoder = Open(model);
        Assert.Equal(quickGelu, encoder.Config.QuickGelu);
        TensorAssert.Close(values["out.last_hidden_state"], encoder.call(values["in.input_ids"]), Tolerance, "last");
        TensorAssert.Close(values["out.penultimate_normed"], encoder.Encode(values["in.input_ids"], skipLast: 1), Tolerance, "penultimate");
    }

    [Fact]
    public void What_follows_a_token_does_not_change_its_state()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors("golden/text-encoder-gelu-tiny/io.safetensors");
        using var encoder = Open("text-encoder-gelu-tiny");
        TensorAssert.Close(
            values["out.last_hidden_state"].narrow(1, 0, 9),
            encoder.call(values["in.input_ids"].narrow(1, 0, 9)),
            Tolerance,
            "first nine"
        );
    }

    private static TextEncoder Open(string model)
    {
        using var weights = Fixture.Weights($"golden/{model}/model.safetensors");
        var encoder = new TextEncoder(TextEncoderConfig.Read(Fixture.Path($"golden/{model}/config.json")));
        encoder.LoadExactly(weights, TextEncoder.Keys);
        return encoder.Freeze();
    }
}
