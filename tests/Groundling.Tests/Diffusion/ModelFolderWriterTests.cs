using System.Security.Cryptography;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Diffusion;

public class ModelFolderWriterTests(TinyModel tiny)
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_does_not()
    {
        using var folder = new TemporaryFolder();
        ModelFolderWriter.WriteRandom(folder.File("same"), ModelPreset.Tiny, seed: 7);
        ModelFolderWriter.WriteRandom(folder.File("other"), ModelPreset.Tiny, seed: 8);
        Assert.Equal(Digests(tiny.Path), Digests(folder.File("same")));
        var differing = Digests(tiny.Path)
            .Zip(Digests(folder.File("other")))
            .Where(pair => pair.First != pair.Second)
            .Select(pair => pair.First.Name);
        Assert.Equal(
            ["text_encoder/model.safetensors", "unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors"],
            differing
        );
    }

    [Theory]
    [InlineData(ScalarType.Float16, "F16")]
    [InlineData(ScalarType.BFloat16, "BF16")]
    public void Half_precision_opens_and_is_close_to_the_whole(ScalarType type, string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.File("half");
        ModelFolderWriter.WriteRandom(path, ModelPreset.Tiny, seed: 7, type);
        Assert.True(File.Exists(Path.Combine(path, "unet", "diffusion_pytorch_model.fp16.safetensors")));
        Assert.All(ModelInspection.Inspect(path).Skip(1), part => Assert.Equal(name, part.Types));
        using var half = StableDiffusion.Open(path);
        foreach (var (whole, other) in tiny.Pipeline.Diffusion.UNet.NamedTensors().Zip(half.UNet.NamedTensors()))
        {
            Assert.Equal(whole.Name, other.Name);
            Assert.Equal(float32, other.Tensor.dtype);
            TensorAssert.Close(whole.Tensor, other.Tensor, whole.Tensor.abs().max().item<float>() / 128, whole.Name);
        }
    }

    [Fact]
    public void Initial_weights_are_spread_as_their_layers_need()
    {
        using var scope = NewDisposeScope();
        var tensors = tiny.Pipeline.Diffusion.UNet.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor);
        var convolution = tensors["down_blocks.0.resnets.0.conv1.weight"];
        var bound = 1 / Math.Sqrt(convolution[0].numel()); // uniform within one over the root of the inputs
        Assert.InRange(convolution.abs().max().item<float>(), 0.98 * bound, bound);
        Assert.InRange(convolution.std().item<float>(), 0.95 * bound / Math.Sqrt(3), 1.05 * bound / Math.Sqrt(3));
        Assert.Equal(1, tensors["conv_norm_out.weight"].min().item<float>());
        Assert.Equal(0, tensors["conv_norm_out.bias"].abs().max().item<float>());
        var words = tiny.Pipeline.Diffusion.Text.NamedTensors().First(pair => pair.Name.EndsWith("token_embedding.weight")).Tensor;
        Assert.InRange(words.std().item<float>(), 0.019, 0.021);
    }

    [Fact]
    public void A_cancelled_run_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var parts = new Watch(part =>
        {
            if (part == "vae")
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ModelFolderWriter.WriteRandom(folder.File("m"), ModelPreset.Tiny, 1, progress: parts, cancellation: stop.Token)
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_model_opened_inside_a_dispose_scope_outlives_it()
    {
        StableDiffusion model;
        using (NewDisposeScope())
            model = StableDiffusion.Open(tiny.Path);
        using (model)
            foreach (var (name, tensor) in model.UNet.NamedTensors().Concat(model.Vae.NamedTensors()).Concat(model.Text.NamedTensors()))
                Assert.False(tensor.IsInvalid, name);
    }

    [Fact]
    public void A_model_whose_last_part_is_broken_is_let_go_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var folder = new TemporaryFolder();
        var model = tiny.Copy(folder);
        using (StableDiffusion.Open(model))
            Assert.Contains(model, File.ReadAllText("/proc/self/maps"));
        Assert.DoesNotContain(model, File.ReadAllText("/proc/self/maps"));
        File.Copy(
            Path.Combine(model, "vae", "diffusion_pytorch_model.safetensors"),
            Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors"),
            overwrite: true
        );
        Assert.Throws<WeightsException>(() => StableDiffusion.Open(model));
        Assert.DoesNotContain(model, File.ReadAllText("/proc/self/maps"));
    }

    [Fact]
    public void A_tokenizer_is_copied_when_it_fits()
    {
        using var folder = new TemporaryFolder();
        ModelFolderWriter.WriteRandom(folder.File("copy"), ModelPreset.Tiny, 1, tokenizer: Path.Combine(tiny.Path, "tokenizer"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(tiny.Path, "tokenizer", "vocab.json")),
            File.ReadAllBytes(folder.File("copy/tokenizer/vocab.json"))
        );
        Directory.CreateDirectory(folder.File("large"));
        folder.Write("large/vocab.json", """{"a</w>":5000,"<|startoftext|>":0,"<|endoftext|>":1}""");
        folder.Write("large/merges.txt", "#version: 0.2\n");
        var fault = Assert.Throws<ModelException>(() =>
            ModelFolderWriter.WriteRandom(folder.File("no/m"), ModelPreset.Tiny, 1, tokenizer: folder.File("large"))
        );
        Assert.Contains("token 5000", fault.Message);
        Assert.False(Directory.Exists(folder.File("no")));
    }

    private static List<(string Name, string Digest)> Digests(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    (Path.GetRelativePath(folder, file).Replace('\\', '/'), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))
                ),
        ];

    private sealed class Watch(Action<string> told) : IProgress<string>
    {
        public void Report(string value) => told(value);
    }
}
