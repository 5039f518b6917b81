using Groundling.Diffusion;
using Groundling.Torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Diffusion;

/// <summary>
/// Every parameter of the full-size models, by name and shape. The manifests were derived from the published layout, not from our code.
/// </summary>
public class ManifestTests
{
    [Theory]
    [InlineData("sd15-unet", 686, 859_520_964)]
    [InlineData("sd15-text-encoder", 196, 123_060_480)]
    [InlineData("sd15-vae", 248, 83_653_863)]
    public void Stable_Diffusion_15_has_the_published_parameters(string part, int tensors, long parameters)
    {
        using var module = Build(ModelPreset.StableDiffusion15, part);
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Manifests", $"{part}.txt"));
        var actual = module
            .NamedTensors()
            .Select(pair => $"{pair.Name} [{string.Join(", ", pair.Tensor.shape)}]")
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Empty(expected.Except(actual));
        Assert.Empty(actual.Except(expected));
        Assert.Equal((tensors, tensors), (expected.Length, actual.Count));
        Assert.Equal(parameters, module.ParameterCount());
    }

    [Fact]
    public void The_manifests_hold_what_is_known_by_heart()
    {
        var unet = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Manifests", "sd15-unet.txt"));
        Assert.Contains("down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight [320, 768]", unet);
        Assert.Contains("up_blocks.3.resnets.2.conv_shortcut.weight [320, 640, 1, 1]", unet);
        Assert.Contains("mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight [10240, 1280]", unet);
        Assert.Equal(16, unet.Count(line => line.Contains("attn2.to_q.weight")));
        Assert.Equal(22, unet.Count(line => line.Contains(".time_emb_proj.weight")));
    }

    [Theory]
    [InlineData("unet", 686, 865_910_724)]
    [InlineData("text-encoder", 372, 340_387_840)]
    [InlineData("vae", 248, 83_653_863)]
    public void Stable_Diffusion_21_has_as_many_parameters_as_published(string part, int tensors, long parameters)
    {
        using var module = Build(ModelPreset.StableDiffusion21, part);
        Assert.Equal(parameters, module.ParameterCount());
        Assert.Equal(tensors, module.NamedTensors().Count());
    }

    [Fact]
    public void The_pixels_attend_in_sixteen_places()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion21);
        Assert.Equal(16, unet.Sites.Count);
        Assert.Equal(Enumerable.Range(0, 16), unet.Sites.Select(site => site.Index));
        Assert.Equal([1, 1, 2, 2, 4, 4, 8, 4, 4, 4, 2, 2, 2, 1, 1, 1], unet.Sites.Select(site => site.Stride));
        Assert.Equal([5L, 5, 10, 10, 20, 20, 20, 20, 20, 20, 10, 10, 10, 5, 5, 5], unet.Sites.Select(site => site.Heads));
        Assert.Equal("mid_block.attentions.0.transformer_blocks.0", unet.Sites[6].Path);
        Assert.Equal("up_blocks.1.attentions.0.transformer_blocks.0", unet.Sites[7].Path);
    }

    private static Module Build(ModelPreset preset, string part) =>
        part.Split('-')[^1] switch
        {
            "unet" => new UNet(preset.UNet),
            "vae" => new Vae(preset.Vae),
            _ => new TextEncoder(preset.Text),
        };
}
