using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Parity;

/// <summary>The UNet against the reference implementation's values, for both published layouts.</summary>
public class UNetParityTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("unet-sd15-tiny", true)]
    [InlineData("unet-sd15-tiny", false)]
    [InlineData("unet-sd21-tiny", true)]
    [InlineData("unet-sd21-tiny", false)]
    public void Block_outputs_attention_maps_and_prediction_match(string model, bool inference)
    {
        using var scope = NewDisposeScope();
        using var mode = inference ? no_grad() : null;
        var values = Fixture.Tensors($"golden/{model}/io.safetensors");
        using var unet = Open(model);
        var recorder = new Recorder(values["in.encoder_hidden_states"]);

        using var output = unet.call(values["in.sample"], values["in.timestep"], recorder);

        TensorAssert.Close(values["out.sample"], output.Prediction, Tolerance, "prediction");
        var outputs = values.Where(pair => pair.Key.StartsWith("out.") && pair.Key != "out.sample").ToList();
        var maps = values.Where(pair => pair.Key.StartsWith("attn.")).ToList();
        Assert.Equal((9, 16), (outputs.Count, maps.Count));
        foreach (var (key, value) in outputs) TensorAssert.Close(value, recorder.Blocks[key["out.".Length..]], Tolerance, key);
        foreach (var (key, value) in maps) TensorAssert.Close(value, recorder.Maps[key["attn.".Length..]], Tolerance, key);
    }

    [Fact]
    public void Features_are_the_up_blocks_before_their_doubling()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors("golden/unet-sd21-tiny/io.safetensors");
        using var unet = Open("unet-sd21-tiny");
        using var output = unet.call(values["in.sample"], values["in.timestep"], new TextPrompt(values["in.encoder_hidden_states"]));
        TensorAssert.Close(values["out.up_blocks.3"], output.Features[0], Tolerance, "stride 8 has no doubling");
        Assert.Equal([[2, 16, 16, 24], [2, 32, 8, 12], [2, 32, 4, 6], [2, 32, 2, 3]], output.Features.Select(feature => feature.shape));
    }

    [Fact]
    public void A_prompt_mask_equals_leaving_the_masked_states_out()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors("golden/unet-sd15-tiny/io.safetensors");
        using var unet = Open("unet-sd15-tiny");
        var states = values["in.encoder_hidden_states"];
        var padded = cat([states, randn_like(states)], 1);
        var mask = cat([ones(2, 5, dtype: @bool), zeros(2, 5, dtype: @bool)], 1);
        using var output = unet.call(values["in.sample"], values["in.timestep"], new TextPrompt(padded, mask));
        TensorAssert.Close(values["out.sample"], output.Prediction, Tolerance, "fused attention");
        var recorder = new Recorder(padded, mask);
        using var traced = unet.call(values["in.sample"], values["in.timestep"], recorder);
        TensorAssert.Close(values["out.sample"], traced.Prediction, Tolerance, "explicit attention");
        var map = recorder.Maps["mid_block.attentions.0.transformer_blocks.0.attn2"];
        Assert.Equal(0f, map.narrow(-1, 5, 5).abs().max().item<float>());
    }

    [Theory]
    [InlineData("unet-sd15-tiny")]
    [InlineData("unet-sd21-tiny")]
    public void Plain_operators_in_double_precision_match_the_reference_too(string model)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors($"golden/{model}/io.safetensors");
        var plain = new ReferenceUNet(Fixture.Tensors($"golden/{model}/diffusion_pytorch_model.safetensors"), UNetConfig.Read(Fixture.Path($"golden/{model}/config.json")));
        TensorAssert.Close(values["out.sample"], plain.Run(values["in.sample"], values["in.timestep"], values["in.encoder_hidden_states"]), 2e-5, "prediction");
        Assert.Equal(16, plain.Maps.Count);
        foreach (var (name, map) in plain.Maps) TensorAssert.Close(values[$"attn.{name}"], map, 2e-5, name);
    }

    [Fact]
    public void Latents_of_an_odd_size_are_refused()
    {
        using var unet = Open("unet-sd15-tiny");
        using var latents = zeros(1, 4, 12, 16);
        using var prompt = zeros(1, 1, 24);
        var fault = Assert.Throws<ArgumentException>(() => unet.call(latents, ones(1), new TextPrompt(prompt)));
        Assert.Contains("12x16", fault.Message);
        Assert.Contains("multiples of 8", fault.Message);
    }

    private static UNet Open(string model)
    {
        using var weights = Fixture.Weights($"golden/{model}/diffusion_pytorch_model.safetensors");
        var unet = new UNet(UNetConfig.Read(Fixture.Path($"golden/{model}/config.json")));
        unet.LoadExactly(weights);
        return unet.Freeze();
    }

    private sealed class Recorder(Tensor prompt, Tensor? mask = null) : IPromptExchange
    {
        public Dictionary<string, Tensor> Maps { get; } = [];

        public Dictionary<string, Tensor> Blocks { get; } = [];

        public bool WantsAttention => true;

        public BlockPrompt PromptFor(TransformerSite site, Tensor pixels) => new(prompt, mask);

        public void Attended(TransformerSite site, BlockAttention attention) => Maps.Add($"{site.Path}.attn2", attention.Probabilities.alias().DetachFromDisposeScope());

        public void BlockDone(string path, Tensor output) => Blocks.Add(path, output.alias().DetachFromDisposeScope());
    }
}
