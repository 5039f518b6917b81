using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>Whole models in one file, under the names of Stable Diffusion's own training, against the same weights in the diffusers layout.</summary>
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

    // As small as widths of 64 to a head and 32 groups allow; what shapes do not tell is the published models'.
    private static ModelPreset First { get; } = new("first",
        new TextEncoderConfig(1024, 64, 256, 2, 1, 77, QuickGelu: true, 1e-5),
        new VaeConfig { Widths = [32, 32, 64, 64], LayersPerBlock = 2 },
        new UNetConfig { Widths = [32, 64, 64, 64], Heads = [8, 8, 8, 8], PromptWidth = 64, SampleSize = 64 },
        PredictionType.Epsilon);

    private static ModelPreset Second { get; } = new("second",
        new TextEncoderConfig(1024, 128, 256, 2, 2, 77, QuickGelu: false, 1e-5),
        new VaeConfig { Widths = [32, 32, 64, 64], LayersPerBlock = 2 },
        new UNetConfig { Widths = [64, 64, 128, 128], Heads = [1, 1, 2, 2], PromptWidth = 128, LinearProjection = true, SampleSize = 96 },
        PredictionType.Velocity);

    public static TheoryData<string> Doors => ["first", "first averaged", "first without text_model", "second", "second velocity by its bias"];

    [Theory]
    [MemberData(nameof(Doors))]
    public void The_same_weights_give_the_same_bytes_through_either_door(string door)
    {
        var isSecond = door.StartsWith("second", StringComparison.Ordinal);
        var model = Write(isSecond ? Second : First);
        var tensors = Original(model, isSecond);
        Dictionary<string, string>? metadata = null;
        switch (door)
        {
            case "first averaged":
                tensors = [.. tensors.SelectMany(pair => pair.Name.StartsWith("model.diffusion_model.", StringComparison.Ordinal)
                    ? new[] { (pair.Name, zeros_like(pair.Tensor)), ("model_ema." + pair.Name["model.".Length..].Replace(".", ""), pair.Tensor) } : [pair]),
                    ("model_ema.decay", tensor(0.9999f)), ("global_step", tensor(470000L))];
                break;
            case "first without text_model":
                tensors = [.. tensors.Select(pair => (pair.Name.Replace("transformer.text_model.", "transformer."), pair.Tensor))];
                break;
            case "second": metadata = new() { ["modelspec.prediction_type"] = "v" }; break;
            case "second velocity by its bias":
                var bias = linspace(-1, 1, 64);
                tensors = [.. tensors.Select(pair => pair.Name.EndsWith("output_blocks.11.1.transformer_blocks.0.norm1.bias", StringComparison.Ordinal) ? (pair.Name, bias) : pair)];
                Rewrite(Path.Combine(model, "unet/diffusion_pytorch_model.safetensors"), "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias", bias);
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
        var model = Write(First);
        var other = _folder.File("other");
        ModelFolderWriter.WriteRandom(other, First, seed: 9);
        var (own, replaced) = (Features(model), Features(model, "--vae", other));
        Assert.NotEqual(own, replaced);
        Assert.Equal(replaced, Features(model, "--vae", Path.Combine(other, "vae")));
        Assert.Equal(replaced, Features(model, "--vae", Path.Combine(other, "vae/diffusion_pytorch_model.safetensors")));
        var file = _folder.File("vae.safetensors");
        SafetensorsWriter.Write(file, Original(other, isSecond: false).Where(pair => pair.Name.StartsWith(VaePrefix, StringComparison.Ordinal)).Select(pair => (pair.Name[VaePrefix.Length..], pair.Tensor)));
        Assert.Equal(replaced, Features(model, "--vae", file));
        Run(file).RefusesInOneLine("vae.safetensors: is an autoencoder alone; name it by --vae");
        Run(model, "--vae", _folder.File("none")).RefusesInOneLine("none: no such folder or file");
        CommandRun.Of("ground", _folder.File("a.png"), "-c", "[a]", "--vae", file).RefusesInOneLine("name it by --model");
    }

    [Fact]
    public void A_tokenizer_is_looked_for_beside_the_file()
    {
        var model = Write(First);
        var file = _folder.File("one.safetensors");
        SafetensorsWriter.Write(file, Original(model, isSecond: false).Select(pair => (pair.Name, pair.Tensor.to(float16))));
        Run(file).RefusesInOneLine("single files hold no tokenizer; name one by --tokenizer DIR");
        Directory.Move(Path.Combine(model, "tokenizer"), _folder.File("tokenizer"));
        Run(file).Works();
    }

    public static TheoryData<string, string> OtherKinds => new()
    {
        { "SDXL", "it is SDXL" }, { "inpainting", "it is an inpainting model" }, { "ControlNet", "it is a ControlNet" }, { "LoRA", "it is a LoRA" }, { "a part", "is one part of a folder" },
        { "deeper", "another deeper model" }, { "unknown", "holds 'something.new', which is no part" }, { "no text encoder", "holds no text encoder" }, { "no autoencoder", "holds no autoencoder" },
        { "cut", "'model.diffusion_model.out.2.weight' is missing" }, { "nothing", "holds no UNet" },
    };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void Other_kinds_are_named(string kind, string says)
    {
        var model = Write(First);
        var tensors = Original(model, isSecond: false);
        tensors = kind switch
        {
            "SDXL" => [.. tensors, ("conditioner.embedders.1.model.ln_final.weight", ones(2))],
            "inpainting" => [.. tensors.Select(pair => pair.Name == "model.diffusion_model.input_blocks.0.0.weight" ? (pair.Name, zeros(32, 9, 3, 3)) : pair)],
            "ControlNet" => [("control_model.time_embed.0.weight", ones(2))],
            "LoRA" => [("lora_unet_down_blocks_0.alpha", ones(1))],
            "a part" => [("conv_in.weight", ones(2)), ("down_blocks.0.resnets.0.conv1.weight", ones(2))],
            "deeper" => [.. tensors, ("model.diffusion_model.input_blocks.4.1.transformer_blocks.1.norm1.bias", ones(2))],
            "unknown" => [.. tensors, ("something.new", ones(2))],
            "no text encoder" => [.. tensors.Where(pair => !pair.Name.StartsWith("cond_stage_model", StringComparison.Ordinal))],
            "no autoencoder" => [.. tensors.Where(pair => !pair.Name.StartsWith(VaePrefix, StringComparison.Ordinal))],
            "cut" => [.. tensors.Where(pair => pair.Name != "model.diffusion_model.out.2.weight")],
            _ => [("x", ones(1))],
        };
        SafetensorsWriter.Write(_folder.File("one.safetensors"), tensors);
        Run(_folder.File("one.safetensors"), "--tokenizer", Path.Combine(model, "tokenizer")).RefusesInOneLine("one.safetensors", says);
    }

    [Fact]
    public void Pickled_files_are_refused_with_the_way_out()
        => Run(_folder.Write("v1-5-pruned.ckpt", "pickle")).RefusesInOneLine("v1-5-pruned.ckpt: holds pickled weights", "convert to .safetensors");

    private const string VaePrefix = "first_stage_model.";

    private string Write(ModelPreset preset)
    {
        ModelFolderWriter.WriteRandom(_folder.File("model"), preset, seed: 3);
        return _folder.File("model");
    }

    private CommandRun Run(string model, params string[] options)
        => CommandRun.Of(["features", _folder.File("a.png"), "-c", "[a man] on [a horse]", "-m", model, "-o", _folder.File("f.safetensors"), "--size", "64", "-q", .. options]);

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

    /// <summary>The folder's tensors under the names of the original training code, by its structure: 12 input blocks, 3 in the middle, 12 output blocks.</summary>
    private static List<(string Name, Tensor Tensor)> Original(string model, bool isSecond)
    {
        List<(string Name, Tensor Tensor)> Read(string name)
        {
            using var file = SafetensorsFile.Open(Path.Combine(model, name));
            return [.. file.Entries.Keys.Select(key => (key, file.Read(key)))];
        }
        var text = Read("text_encoder/model.safetensors");
        return
        [
            .. Read("unet/diffusion_pytorch_model.safetensors").Select(pair => ($"model.diffusion_model.{UNetName(pair.Name)}", pair.Tensor)),
            .. Read("vae/diffusion_pytorch_model.safetensors").Select(pair => ($"{VaePrefix}{VaeName(pair.Name)}",
                pair.Name.Contains(".attentions.", StringComparison.Ordinal) && pair.Tensor.dim() == 2 ? pair.Tensor.unsqueeze(-1).unsqueeze(-1) : pair.Tensor)),
            .. isSecond ? SecondText(text) : text.Select(pair => ($"cond_stage_model.transformer.{pair.Name}", pair.Tensor)),
        ];
    }

    private static string UNetName(string name)
    {
        var parts = name.Split('.');
        var rest = string.Join('.', parts.Skip(4));
        string Block(string list, int number) => $"{list}.{number}.{(parts[2] == "resnets" ? $"0.{Resnet(rest)}" : $"1.{rest}")}";
        int Number(int at) => int.Parse(parts[at]);
        return (parts[0], parts.ElementAtOrDefault(2)) switch
        {
            ("conv_in", _) => $"input_blocks.0.0.{parts[1]}",
            ("conv_norm_out", _) => $"out.0.{parts[1]}",
            ("conv_out", _) => $"out.2.{parts[1]}",
            ("time_embedding", _) => $"time_embed.{(parts[1] == "linear_1" ? 0 : 2)}.{parts[2]}",
            ("down_blocks", "downsamplers") => $"input_blocks.{3 * Number(1) + 3}.0.op.{parts[^1]}",
            ("up_blocks", "upsamplers") => $"output_blocks.{3 * Number(1) + 2}.{(Number(1) == 0 ? 1 : 2)}.conv.{parts[^1]}",
            ("down_blocks", _) => Block("input_blocks", 3 * Number(1) + 1 + Number(3)),
            ("up_blocks", _) => Block("output_blocks", 3 * Number(1) + Number(3)),
            _ => parts[1] == "attentions" ? $"middle_block.1.{string.Join('.', parts.Skip(3))}" : $"middle_block.{2 * Number(2)}.{Resnet(string.Join('.', parts.Skip(3)))}",
        };
    }

    private static string Resnet(string name) => name.Replace("norm1", "in_layers.0").Replace("conv1", "in_layers.2").Replace("time_emb_proj", "emb_layers.1")
        .Replace("norm2", "out_layers.0").Replace("conv2", "out_layers.3").Replace("conv_shortcut", "skip_connection");

    private static string VaeName(string name)
    {
        name = name.Replace("conv_norm_out", "norm_out").Replace("conv_shortcut", "nin_shortcut").Replace("mid_block.resnets.0", "mid.block_1").Replace("mid_block.resnets.1", "mid.block_2")
            .Replace("mid_block.attentions.0.group_norm", "mid.attn_1.norm").Replace("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out").Replace("mid_block.attentions.0.to_", "mid.attn_1.")
            .Replace("resnets.", "block.").Replace("downsamplers.0", "downsample").Replace("upsamplers.0", "upsample").Replace("down_blocks.", "down.");
        for (var place = 0; place < 4; place++) name = name.Replace($"decoder.up_blocks.{place}.", $"decoder.up.{3 - place}.");
        return name;
    }

    /// <summary>OpenCLIP's, with a last layer that Stable Diffusion does not use, and what compares texts with pictures.</summary>
    private static IEnumerable<(string, Tensor)> SecondText(List<(string Name, Tensor Tensor)> tensors)
    {
        const string prefix = "cond_stage_model.model.";
        Tensor Of(string name) => tensors.Single(pair => pair.Name == $"text_model.{name}").Tensor;
        yield return ($"{prefix}token_embedding.weight", Of("embeddings.token_embedding.weight"));
        yield return ($"{prefix}positional_embedding", Of("embeddings.position_embedding.weight"));
        yield return ($"{prefix}text_projection", ones(4, 4));
        yield return ($"{prefix}logit_scale", ones(1).squeeze());
        foreach (var kind in new[] { "weight", "bias" })
        {
            yield return ($"{prefix}ln_final.{kind}", Of($"final_layer_norm.{kind}"));
            for (var layer = 0; layer < 3; layer++)
            {
                Tensor Inner(string name) => layer == 2 ? ones_like(Of($"encoder.layers.1.{name}.{kind}")) : Of($"encoder.layers.{layer}.{name}.{kind}");
                var block = $"{prefix}transformer.resblocks.{layer}";
                yield return ($"{block}.attn.in_proj_{kind}", cat([.. new[] { "q", "k", "v" }.Select(part => Inner($"self_attn.{part}_proj"))]));
                yield return ($"{block}.attn.out_proj.{kind}", Inner("self_attn.out_proj"));
                yield return ($"{block}.ln_1.{kind}", Inner("layer_norm1"));
                yield return ($"{block}.ln_2.{kind}", Inner("layer_norm2"));
                yield return ($"{block}.mlp.c_fc.{kind}", Inner("mlp.fc1"));
                yield return ($"{block}.mlp.c_proj.{kind}", Inner("mlp.fc2"));
            }
        }
    }
}
