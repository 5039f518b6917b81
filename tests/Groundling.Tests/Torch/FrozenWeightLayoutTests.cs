using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

/// <summary>How a device reads frozen weights changes where they lie, and nothing else.</summary>
public sealed class FrozenWeightLayoutTests
{
    [Fact]
    public void Convolutions_of_a_card_have_channels_last_and_the_same_values()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var unet = Network();
        var (before, plain) = (unet.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor.clone()), Run(unet));
        unet.Suit(Card(ComputePrecision.F32));
        Assert.Contains(unet.NamedTensors(), pair => pair.Tensor.dim() == 4 && pair.Tensor.shape[2] == 3);
        Assert.All(
            unet.NamedTensors(),
            pair =>
            {
                TensorAssert.Close(before[pair.Name], pair.Tensor, 0, pair.Name);
                if (pair.Tensor.dim() == 4)
                    Assert.True(pair.Tensor.permute(0, 2, 3, 1).is_contiguous(), pair.Name);
            }
        );
        TensorAssert.Close(plain, Run(unet), 1e-5, "prediction");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Products_in_bfloat16_keep_norms_in_float32(bool card)
    {
        using var unet = Network().Suit(card ? Card(ComputePrecision.Bf16) : ComputeDevice.Find("cpu", ComputePrecision.Bf16));
        var types = unet.NamedTensors().ToLookup(pair => pair.Name.Contains("norm", StringComparison.Ordinal), pair => pair.Tensor.dtype);
        Assert.Equal([ScalarType.Float32], types[true].Distinct());
        Assert.Equal([ScalarType.BFloat16], types[false].Distinct());
    }

    private static ComputeDevice Card(ComputePrecision precision) => new(new Device(DeviceType.CUDA, 0), "a card", precision);

    private static UNet Network()
    {
        using var generator = new Generator(3);
        return new UNet(ModelPreset.Tiny.UNet).Initialize(generator).Freeze(Rearrangement.None);
    }

    private static Tensor Run(UNet unet)
    {
        var config = unet.Config;
        using var generator = new Generator(4);
        var latents = randn(1, config.InChannels, 16, 16, generator: generator, device: CPU);
        var states = randn(1, 5, config.PromptWidth, generator: generator, device: CPU);
        var exchange = new TextPrompt(states);
        using var output = unet.call(latents, tensor(new[] { 7L }, device: CPU), exchange);
        return output.Prediction.clone();
    }
}
