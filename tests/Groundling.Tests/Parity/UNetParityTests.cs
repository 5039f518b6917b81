using System.Runtime.Intrinsics;
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
        foreach (var (key, value) in outputs)
            TensorAssert.Close(value, recorder.Blocks[key["out.".Length..]], Tolerance, key);
        foreach (var (key, value) in maps)
            TensorAssert.Close(value, recorder.Maps[key["attn.".Length..]], Tolerance, key);
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
        Assert.Equal(
            [
                [2, 16, 16, 24],
                [2, 32, 8, 12],
                [2, 32, 4, 6],
                [2, 32, 2, 3],
            ],
            output.Features.Select(feature => feature.shape)
        );
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
        var plain = new ReferenceUNet(
            Fixture.Tensors($"golden/{model}/diffusion_pytorch_model.safetensors"),
            UNetConfig.Read(Fixture.Path($"golden/{model}/config.json"))
        );
        TensorAssert.Close(
            values["out.sample"],
            plain.Run(values["in.sample"], values["in.timestep"], values["in.encoder_hidden_states"]),
            2e-5,
            "prediction"
        );
        Assert.Equal(16, plain.Maps.Count);
        foreach (var (name, map) in plain.Maps)
            TensorAssert.Close(values[$"attn.{name}"], map, 2e-5, name);
    }

    /// <summary>
    /// The golden models are too narrow for the fast kernels: here Winograd, packed weights and the fused group norm all run.
    /// </summary>
    [Theory]
    [InlineData(Rearrangement.None, false)]
    [InlineData(Rearrangement.OnePass, false)]
    [InlineData(Rearrangement.ManyPasses, false)]
    [InlineData(Rearrangement.ManyPasses, true)]
    public void A_UNet_wide_enough_for_the_fast_kernels_matches_plain_operators(Rearrangement extent, bool matrices)
    {
        const long height = 40,
            width = 56; // levels of 2240, 560, 140 and 35 pixels
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var config = new UNetConfig
        {
            Widths = [64, 128, 128, 192],
            Heads = [2, 4, 4, 4],
            LayersPerBlock = 1,
            PromptWidth = 96,
            LinearProjection = matrices,
            DownAttends = [false, true, true, false],
            UpAttends = [false, true, true, false], // double precision is slow where there are many pixels
        };
        using var unet = new UNet(config).Initialize(new Generator(5));
        var generator = new Generator(6);
        foreach (var (_, value) in unet.NamedTensors().Where(pair => pair.Tensor.dim() == 1))
            value.add_(0.2 * randn(value.shape, generator: generator));
        var plain = new ReferenceUNet(unet.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor.detach().clone()), config);
        var (latents, times, prompt) = (
            randn([2, 4, height, width], generator: generator),
            tensor(new[] { 1L, 700L }),
            randn([2, 7, 96], generator: generator)
        );
        var expected = plain.Run(latents, times, prompt);
        using var asStored = unet.Freeze(Rearrangement.None).call(latents, times, new TextPrompt(prompt));
        unet.Freeze(extent);
        foreach (var pass in new[] { "first", "second, with weights that are rearranged already" })
        {
            var recorder = new Recorder(prompt);
            using var output = unet.call(latents, times, recorder);
            TensorAssert.Close(expected, output.Prediction, Tolerance, $"prediction, {pass} pass");
            if (Vector256.IsHardwareAccelerated && extent != Rearrangement.None)
                Assert.False(asStored.Prediction.eq(output.Prediction).all().item<bool>(), "Winograd rounds otherwise: it did not run");
            foreach (var (feature, i) in plain.Features.Select((feature, i) => (feature, i)))
                TensorAssert.Close(
                    feature,
                    output.Features[i],
                    Tolerance * feature.abs().max().item<double>(),
                    $"feature {i}, {pass} pass"
                );
            Assert.Equal(plain.Maps.Count, recorder.Maps.Count);
            foreach (var (name, map) in plain.Maps)
                TensorAssert.Close(map, recorder.Maps[name], Tolerance, $"{name}, {pass} pass");
        }
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

        public void Attended(TransformerSite site, BlockAttention attention) =>
            Maps.Add($"{site.Path}.attn2", attention.Probabilities.alias().DetachFromDisposeScope());

        public void BlockDone(string path, Tensor output) => Blocks.Add(path, output.alias().DetachFromDisposeScope());
    }
}
