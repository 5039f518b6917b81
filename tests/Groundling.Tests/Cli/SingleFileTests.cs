using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Tests.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>
/// Whole models in one file, under the names of Stable Diffusion's own training, against the same weights in the diffusers layout.
/// </summary>
public sealed class SingleFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public SingleFileTests() => _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string> Doors =>
        ["first", "first averaged", "first without text_model", "second", "second velocity by its bias"];

    [Theory]
    [MemberData(nameof(Doors))]
    public void The_same_weights_give_the_same_bytes_through_either_door(string door)
    {
        var isSecond = door.StartsWith("second", StringComparison.Ordinal);
        var model = Write(isSecond ? OriginalModel.Second : OriginalModel.First);
        var tensors = OriginalModel.Tensors(model, isSecond);
        Dictionary<string, string>? metadata = null;
        switch (door)
        {
            case "first averaged":
                tensors =
                [
                    .. tensors.SelectMany(pair =>
                        pair.Name.StartsWith("model.diffusion_model.", StringComparison.Ordinal)
                            ? new[]
                            {
                                (pair.Name, zeros_like(pair.Tensor)),
                                ("model_ema." + pair.Name["model.".Length..].Replace(".", ""), pair.Tensor),
                            }
                            : [pair]
                    ),
                    ("model_ema.decay", tensor(0.9999f)),
                    ("global_step", tensor(470000L)),
                ];
                break;
            case "first without text_model":
                tensors = [.. tensors.Select(pair => (pair.Name.Replace("transformer.text_model.", "transformer."), pair.Tensor))];
                break;
            case "second":
                metadata = new() { ["modelspec.prediction_type"] = "v" };
                break;
            case "second velocity by its bias":
                var bias = linspace(-1, 1, 64);
                tensors =
                [
                    .. tensors.Select(pair =>
                        pair.Name.EndsWith("output_blocks.11.1.transformer_blocks.0.norm1.bias", StringComparison.Ordinal)
                            ? (pair.Name, bias)
                            : pair
                    ),
                ];
                Rewrite(
                    Path.Combine(model, "unet/diffusion_pytorch_model.safetensors"),
                    "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias",
                    bias
                );
                break;
        }
        var file = _folder.File("one.safetensors");
        SafetensorsWriter.Write(file, [.. tensors, ("betas", ones(1000))], metadata);
        var tokenizer = Path.Combine(model, "tokenizer");
        Assert.Equal(Features(model), Features(file, "--tokenizer", tokenizer));
        CommandRun.Of("inspect", file, "--tokenizer", tokenizer).Works();
        // Sampling asks for what features do not: the prediction's meaning, the latents' side and the padding.
        using var folder = StableDiffusion.Open(model);
        using var single = StableDiffusion.Open(file, tokenizer: tokenizer);
        Assert.Equal((folder.Prediction, folder.UNet.Config.SampleSize), (single.Prediction, single.UNet.Config.SampleSize));
        Assert.Equal(isSecond ? '!' : folder.Tokenizer.PaddingToken, single.Tokenizer.PaddingToken);
    }

    [Fact]
    public void An_autoencoder_may_lie_elsewhere_in_either_layout()
    {
        var model = Write(OriginalModel.First);
        var other = _folder.File("other");
        ModelFolderWriter.WriteRandom(other, OriginalModel.First, seed: 9);
        var (own, replaced) = (Features(model), Features(model, "--vae", other));
        Assert.NotEqual(own, replaced);
        Assert.Equal(replaced, Features(model, "--vae", Path.Combine(other, "vae")));
        Assert.Equal(replaced, Features(model, "--vae", Path.Combine(other, "vae/diffusion_pytorch_model.safetensors")));
        var file = _folder.File("vae.safetensors");
        SafetensorsWriter.Write(file, OriginalModel.Autoencoder(other));
        Assert.Equal(replaced, Features(model, "--vae", file));
        Run(file).RefusesInOneLine("vae.safetensors: is an autoencoder alone; name it by --vae");
        Run(model, "--vae", _folder.File("none")).RefusesInOneLine("none: no such folder or file");
        CommandRun.Of("ground", _folder.File("a.png"), "-c", "[a]", "--vae", file).RefusesInOneLine("name it by --model");
    }

    [Fact]
    public void A_tokenizer_is_looked_for_beside_the_file()
    {
        var model = Write(OriginalModel.First);
        var file = _folder.File("one.safetensors");
        SafetensorsWriter.Write(file, OriginalModel.Tensors(model, isSecond: false).Select(pair => (pair.Name, pair.Tensor.to(float16))));
        Run(file).RefusesInOneLine("single files hold no tokenizer; name one by --tokenizer DIR");
        Directory.Move(Path.Combine(model, "tokenizer"), _folder.File("tokenizer"));
        Run(file).Works();
    }

    public static TheoryData<string, string> OtherKinds =>
        new()
        {
            { "SDXL", "it is SDXL" },
            { "inpainting", "it is an inpainting model" },
            { "ControlNet", "it is a ControlNet" },
            { "LoRA", "it is a LoRA" },
            { "a part", "is one part of a folder" },
            { "deeper", "another deeper model" },
            { "unknown", "holds 'something.new', which is no part" },
            { "no text encoder", "holds no text encoder" },
            { "no autoencoder", "holds no autoencoder" },
            { "cut", "'model.diffusion_model.out.2.weight' is missing" },
            { "nothing", "holds no UNet" },
        };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void Other_kinds_are_named(string kind, string says)
    {
        var model = Write(OriginalModel.First);
        var tensors = OriginalModel.Tensors(model, isSecond: false);
        tensors = kind switch
        {
            "SDXL" => [.. tensors, ("conditioner.embedders.1.model.ln_final.weight", ones(2))],
            "inpainting" =>
            [
                .. tensors.Select(pair =>
                    pair.Name == "model.diffusion_model.input_blocks.0.0.weight" ? (pair.Name, zeros(32, 9, 3, 3)) : pair
                ),
            ],
            "ControlNet" => [("control_model.time_embed.0.weight", ones(2))],
            "LoRA" => [("lora_unet_down_blocks_0.alpha", ones(1))],
            "a part" => [("conv_in.weight", ones(2)), ("down_blocks.0.resnets.0.conv1.weight", ones(2))],
            "deeper" => [.. tensors, ("model.diffusion_model.input_blocks.4.1.transformer_blocks.1.norm1.bias", ones(2))],
            "unknown" => [.. tensors, ("something.new", ones(2))],
            "no text encoder" => [.. tensors.Where(pair => !pair.Name.StartsWith("cond_stage_model", StringComparison.Ordinal))],
            "no autoencoder" => [.. tensors.Where(pair => !pair.Name.StartsWith(OriginalModel.VaePrefix, StringComparison.Ordinal))],
            "cut" => [.. tensors.Where(pair => pair.Name != "model.diffusion_model.out.2.weight")],
            _ => [("x", ones(1))],
        };
        SafetensorsWriter.Write(_folder.File("one.safetensors"), tensors);
        Run(_folder.File("one.safetensors"), "--tokenizer", Path.Combine(model, "tokenizer")).RefusesInOneLine("one.safetensors", says);
    }

    [Fact]
    public void Pickled_files_are_refused_with_the_way_out() =>
        Run(_folder.Write("v1-5-pruned.ckpt", "pickle"))
            .RefusesInOneLine("v1-5-pruned.ckpt: holds pickled weights", "convert to .safetensors");

    private string Write(ModelPreset preset)
    {
        ModelFolderWriter.WriteRandom(_folder.File("model"), preset, seed: 3);
        return _folder.File("model");
    }

    private CommandRun Run(string model, params string[] options) =>
        CommandRun.Of([
            "features",
            _folder.File("a.png"),
            "-c",
            "[a man] on [a horse]",
            "-m",
            model,
            "-o",
            _folder.File("f.safetensors"),
            "--size",
            "64",
            "-q",
            .. options,
        ]);

    private byte[] Features(string model, params string[] options)
    {
        Run(model, options).Works();
        return File.ReadAllBytes(_folder.File("f.safetensors"));
    }

    private static void Rewrite(string file, string name, Tensor value)
    {
        using var source = SafetensorsFile.Open(file);
        SafetensorsWriter.Write(file, [.. source.Entries.Keys.Select(key => (key, key == name ? value : source.Read(key)))]);
    }
}
