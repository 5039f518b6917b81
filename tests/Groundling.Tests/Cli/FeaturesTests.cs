using System.Text.Json;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>The file that groundling features promises to people who work in other languages.</summary>
public sealed class FeaturesTests : IDisposable
{
    private const string Text = "a man on a grey horse";
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TinyModel _tiny;
    private readonly Picture _picture = TinyModel.Gradient(192, 128);

    public FeaturesTests(TinyModel tiny) => _tiny = tiny;

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_tensor_has_its_documented_name_and_shape()
    {
        var (tensors, metadata, run) = Write("0");
        var diffusion = _tiny.Pipeline.Diffusion;
        var expected = new Dictionary<string, long[]>
        {
            ["image"] = [3, 128, 192],
            ["latents"] = [4, 16, 24],
            ["tokens"] = [16], // one byte a token; blanks have none
            ["words"] = [16, 64],
            ["null_phrase"] = [64],
            ["phrases"] = [2, 64],
            ["features.stride8"] = [32, 16, 24],
            ["features.stride16"] = [64, 8, 12],
            ["features.stride32"] = [64, 4, 6],
            ["masks.diffusion"] = [2, 128, 192],
        };
        foreach (
            var (block, count, stride) in new[]
            {
                ("down_blocks.0", 2, 1),
                ("down_blocks.1", 2, 2),
                ("down_blocks.2", 2, 4),
                ("mid_block", 1, 8),
                ("up_blocks.1", 3, 4),
                ("up_blocks.2", 3, 2),
                ("up_blocks.3", 3, 1),
            }
        )
            for (var i = 0; i < count; i++)
                expected[$"attention.{block}.attentions.{i}.transformer_blocks.0.attn2"] = [4, 16 * 24 / stride / stride, 3];
        Assert.Equal(expected.Keys.Order(), tensors.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, tensors[pair.Key].shape));
        Assert.All(tensors, pair => Assert.Equal(pair.Key == "tokens" ? int64 : float32, pair.Value.dtype));
        Assert.Contains("26 tensors", run.Output);
        Assert.Equal(Text, metadata["caption"]);
        Assert.Equal(["a man", "a grey horse"], JsonSerializer.Deserialize<string[]>(metadata["phrases"])!);
        Assert.StartsWith("192x128 pixels", metadata["picture"]);
        Assert.Equal(16, diffusion.UNet.Sites.Count);
    }

    [Fact]
    public void Size_0_passes_the_picture_through()
    {
        var (tensors, _, _) = Write("0");
        var pixels = tensor(_picture.Rgb.Select(value => (float)value).ToArray(), [128, 192, 3]).permute(2, 0, 1);
        TensorAssert.Close(pixels / 127.5f - 1f, tensors["image"], 0, "image");
    }

    [Fact]
    public void Latents_are_the_scaled_mean()
    {
        var (tensors, _, _) = Write("0");
        using var mode = no_grad();
        var mean = _tiny.Pipeline.Diffusion.Vae.Moments(tensors["image"].unsqueeze(0)).narrow(1, 0, 4)[0];
        TensorAssert.Close(mean * 0.18215, tensors["latents"], 1e-6, "latents");
    }

    [Fact]
    public void Phrases_are_means_of_their_words()
    {
        var (tensors, _, _) = Write("64");
        // One token a letter, none for blanks: a m a n | o n | a g r e y h o r s e
        Assert.Equal(16, tensors["tokens"].shape[0]);
        TensorAssert.Close(tensors["words"][..4].mean([0]), tensors["phrases"][0], 1e-6, "a man");
        TensorAssert.Close(tensors["words"][6..].mean([0]), tensors["phrases"][1], 1e-6, "a grey horse");
    }

    [Fact]
    public void Attention_sums_to_one_and_masks_are_its_mean()
    {
        var (tensors, _, _) = Write("0");
        var attention = tensors.Where(pair => pair.Key.StartsWith("attention.")).Select(pair => pair.Value).ToList();
        var masks = zeros(2, 128, 192);
        foreach (var map in attention)
        {
            TensorAssert.Close(ones(4, map.shape[1]), map.sum(-1), 1e-5, "sum over the null phrase and the phrases");
            var stride = (long)Math.Sqrt(16 * 24 / map.shape[1]);
            var phrases = map.mean([0]).t()[1..].reshape(1, 2, 16 / stride, 24 / stride);
            masks +=
                nn.functional.interpolate(phrases, size: [128, 192], mode: InterpolationMode.Bilinear, align_corners: false)[0]
                / attention.Count;
        }
        TensorAssert.Close(masks, tensors["masks.diffusion"], 1e-5, "masks");
    }

    [Fact]
    public void The_same_pass_gives_the_masks_of_ground()
    {
        var (tensors, _, _) = Write("0");
        // nothing of this input is padding
        var shares = tensors["masks.diffusion"] / tensors["masks.diffusion"].amax([1, 2], keepdim: true);
        var threshold = Thresholds.FarFromAll(shares);
        var grounding = _tiny.Pipeline.Ground(
            _picture,
            Caption.ParseBrackets("[a man] on [a grey horse]"),
            new() { Size = 0, Threshold = threshold },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(shares.gt(threshold).sum([1, 2]).data<long>(), grounding.Phrases.Select(phrase => (long)phrase.Mask.Area));
    }

    private (Dictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata, CommandRun Run) Write(string size)
    {
        var (picture, path) = (_folder.Write("a.png", _picture.EncodePng()), _folder.File("f.safetensors"));
        var run = (
            CommandRun.Of("features", picture, "-c", "[a man] on [a grey horse]", "-m", _tiny.Path, "-o", path, "--size", size)
        ).Works();
        using var file = SafetensorsFile.Open(path);
        return (file.Entries.Keys.ToDictionary(name => name, file.Read), file.Metadata, run);
    }
}
