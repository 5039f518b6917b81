using System.Text.Json.Nodes;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>Model folders as they are found in the wild: variants that must load, and faults that must be named.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ModelFolderTests(TinyModel tiny)
    {
        _tiny = tiny;
        _model = tiny.Copy(_folder);
        _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Variants => ["no index", "no schedule", "unknown keys", "shards", "half", "bfloat16", "older attention names", "position ids", "pooled projection", "no class names"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Variants_load_and_say_the_same(string variant)
    {
        var tolerance = 0.0;
        switch (variant)
        {
            case "no index": File.Delete(In("model_index.json")); break;
            case "no schedule": Directory.Delete(In("scheduler"), recursive: true); break;
            case "unknown keys":
                foreach (var part in (string[])["text_encoder", "vae", "unet"]) Edit($"{part}/config.json", json => { json["_diffusers_version"] = "9.9"; json["something_new"] = new JsonArray(1, "x"); });
                break;
            case "no class names":
                Edit("vae/config.json", json => json.Remove("_class_name"));
                Edit("unet/config.json", json => json.Remove("_class_name"));
                Edit("text_encoder/config.json", json => json.Remove("architectures"));
                break;
            case "shards": Shard(); break;
            case "half": tolerance = 0.01; Halve(float16); break;
            case "bfloat16": tolerance = 0.03; Halve(bfloat16); break;
            case "older attention names":
                var older = new KeyMap(("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn"));
                Rewrite("vae/diffusion_pytorch_model.safetensors", tensors => tensors.Select(pair => (older.Map(pair.Name)!, pair.Tensor)));
                using (var file = SafetensorsFile.Open(In("vae/diffusion_pytorch_model.safetensors"))) Assert.Equal(4, file.Entries.Keys.Count(name => name.Contains("proj_attn")));
                break;
            case "position ids": Rewrite("text_encoder/model.safetensors", tensors => tensors.Append(("text_model.embeddings.position_ids", arange(77).unsqueeze(0)))); break;
            case "pooled projection": Rewrite("text_encoder/model.safetensors", tensors => tensors.Append(("text_projection.weight", ones(4, 64)))); break;
        }
        var (expected, actual) = (Masks(_tiny.Path), Masks(_model));
        TensorAssert.Close(expected, actual, tolerance, variant);
        Assert.True(expected.std().item<float>() > 0.001);                     // there is something to agree on
        (CommandRun.Of("inspect", _model)).Works();
    }

    [Fact]
    public void Values_that_are_not_numbers_are_warned_of()
    {
        Rewrite("unet/diffusion_pytorch_model.safetensors", tensors => tensors.Select(pair =>
        {
            if (pair.Name == "conv_in.weight") pair.Tensor.view(-1)[5] = float.NaN;
            return pair;
        }));
        var run = Ground().Works();
        Assert.Contains("warning: ", run.Error);
        Assert.Contains("unet: conv_in.weight holds values that are not numbers (1)", run.Error);
        run = (CommandRun.Of("features", _folder.File("a.png"), "-c", "[a]", "-m", _model, "-o", _folder.File("f.safetensors"), "--size", "64")).Works();
        Assert.Contains("conv_in.weight holds values", run.Error);
        Assert.Contains("conv_in.weight holds values", (CommandRun.Of("inspect", _model)).Works().Output);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "SDXL index", "SDXL" }, { "inpainting index", "an inpainting model" }, { "another index", "another kind of model" }, { "second text encoder", "SDXL" },
        { "SDXL unet", "SDXL" }, { "9 channels", "inpainting" }, { "unknown unet", "UNet2DConditionModel" }, { "unknown vae", "AutoencoderKL" }, { "unknown text encoder", "CLIPTextModel" },
        { "unknown block", "only CrossAttnDownBlock2D and DownBlock2D" }, { "no unet", "lacks unet/" }, { "no tokenizer and vae", "lacks tokenizer/, vae/" }, { "no merges", "merges.txt: no such file" },
        { "pickled", "can run code" }, { "no weights", "has no weights" }, { "no config", "config.json: cannot be read" }, { "config not JSON", "config.json: is not JSON" },
        { "config a list", "a JSON object was expected" }, { "too many layers", "num_hidden_layers" }, { "negative vocabulary", "vocab_size" }, { "zero layers", "layers_per_block" },
        { "no widths", "block_out_channels" }, { "three widths", "block_out_channels" }, { "negative width", "block_out_channels" }, { "huge width", "block_out_channels" }, { "odd heads", "attention_head_dim" },
        { "negative sample", "sample_size" }, { "text for a number", "a whole number" }, { "prediction", "prediction_type" }, { "other width", "the parts are of different models" }, { "other latents", "latent_channels is 8; the parts are of different models" }, { "5 channels", "as out_channels" },
        { "large vocabulary", "has token 90000" }, { "lying header", "declares a header" }, { "wrong type", "conv_in.bias" }, { "not safetensors", "truncated or not a safetensors file" },
        { "empty weights", "shorter than" }, { "missing shard", "no such file" }, { "upscaler", "an upscaler" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Faults_are_named(string fault, string says)
    {
        Break(fault);
        var refused = Ground();
        if (fault == "wrong type") refused.Refuses("does not fit", "type       conv_in.bias: file I64, model F32");
        else refused.RefusesInOneLine(says, _model);
        Assert.False(Directory.Exists(_folder.File("out")));
        var inspected = CommandRun.Of("inspect", _model);
        inspected.Refuses();
        Assert.Contains(says, inspected.Output + inspected.Error);
    }

    [Fact]
    public void What_differs_is_listed()
    {
        Rewrite("vae/diffusion_pytorch_model.safetensors", tensors => tensors.Where(pair => pair.Name != "quant_conv.bias")
            .Select(pair => pair.Name == "encoder.conv_in.bias" ? (pair.Name, pair.Tensor[..3]) : pair).Append(("extra", ones(2))));
        var keys = _tiny.Pipeline.Diffusion.Vae.NamedTensors().Count() + 1;
        var expected = $"""
            error: {In("vae/diffusion_pytorch_model.safetensors")} does not fit Vae (3 of {keys} keys differ):
              missing    quant_conv.bias [8]
              shape      encoder.conv_in.bias: file [3], model [16]
              unexpected extra [2]
              Is {In("vae/config.json")} the one these weights came with?

            """;
        Assert.Equal(expected, Ground().Refuses(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Other_things_than_folders_are_refused()
    {
        (CommandRun.Of("ground", _folder.File("a.png"), "-c", "[a]", "-m", _folder.File("a.png"))).RefusesInOneLine("is a file", "diffusers layout");
        (CommandRun.Of("ground", _folder.File("a.png"), "-c", "[a]", "-m", _folder.File("none"))).RefusesInOneLine("no such folder");
        (CommandRun.Of("inspect", _folder.File("none"))).RefusesInOneLine("no such folder");
    }

    [Fact]
    public void Inspect_shows_the_parts()
    {
        var run = (CommandRun.Of("inspect", _tiny.Path, "--json")).Works();
        var parts = JsonNode.Parse(run.Output)!.AsArray();
        Assert.Equal(["tokenizer", "text_encoder", "vae", "unet"], parts.Select(part => (string)part!["name"]!));
        Assert.All(parts, part => Assert.Empty(part!["faults"]!.AsArray()));
        using var file = SafetensorsFile.Open(In("unet/diffusion_pytorch_model.safetensors"));
        Assert.Equal((long)file.Entries.Values.Aggregate(Int128.Zero, (sum, entry) => sum + entry.Count), (long)parts[3]!["parameters"]!);
        Assert.Equal("F32", (string)parts[3]!["types"]!);
        Assert.Contains("start 1022, end 1023", (CommandRun.Of("inspect", _tiny.Path)).Works().Output);
    }

    private string In(string name) => Path.Combine(_model, name);

    private CommandRun Ground() => CommandRun.Of("ground", _folder.File("a.png"), "--caption", "[a man] on [a horse]", "--model", _model, "--out", _folder.File("out"), "--size", "64");

    private Tensor Masks(string model)
    {
        var path = _folder.File("features.safetensors");
        (CommandRun.Of("features", _folder.File("a.png"), "-c", "[a man] on [a horse]", "-m", model, "-o", path, "--size", "64", "-q")).Works();
        using var file = SafetensorsFile.Open(path);
        return file.Read("masks.diffusion");
    }

    private void Break(string fault)
    {
        switch (fault)
        {
            case "SDXL index": Edit("model_index.json", json => json["_class_name"] = "StableDiffusionXLPipeline"); break;
            case "inpainting index": Edit("model_index.json", json => json["_class_name"] = "StableDiffusionInpaintPipeline"); break;
            case "another index": Edit("model_index.json", json => json["_class_name"] = "AudioLDMPipeline"); break;
            case "upscaler": Edit("model_index.json", json => json["_class_name"] = "StableDiffusionUpscalePipeline"); break;
            case "second text encoder": Directory.CreateDirectory(In("text_encoder_2")); break;
            case "SDXL unet": Edit("unet/config.json", json => json["addition_embed_type"] = "text_time"); break;
            case "9 channels": Edit("unet/config.json", json => json["in_channels"] = 9); break;
            case "unknown unet": Edit("unet/config.json", json => json["_class_name"] = "UNet3DConditionModel"); break;
            case "unknown vae": Edit("vae/config.json", json => json["_class_name"] = "VQModel"); break;
            case "unknown text encoder": Edit("text_encoder/config.json", json => json["architectures"] = new JsonArray("T5EncoderModel")); break;
            case "unknown block": Edit("unet/config.json", json => json["down_block_types"]![0] = "AttnDownBlock2D"); break;
            case "no unet": Directory.Delete(In("unet"), recursive: true); break;
            case "no tokenizer and vae":
                Directory.Delete(In("tokenizer"), recursive: true);
                Directory.Delete(In("vae"), recursive: true);
                break;
            case "no merges": File.Delete(In("tokenizer/merges.txt")); break;
            case "pickled": File.Move(In("unet/diffusion_pytorch_model.safetensors"), In("unet/diffusion_pytorch_model.bin")); break;
            case "no weights": File.Delete(In("vae/diffusion_pytorch_model.safetensors")); break;
            case "no config": File.Delete(In("vae/config.json")); break;
            case "config not JSON": File.WriteAllText(In("unet/config.json"), "{\"_class_name\":"); break;
            case "config a list": File.WriteAllText(In("unet/config.json"), "[]"); break;
            case "too many layers": Edit("text_encoder/config.json", json => json["num_hidden_layers"] = 3_000_000_000); break;
            case "negative vocabulary": Edit("text_encoder/config.json", json => json["vocab_size"] = -5); break;
            case "zero layers": Edit("unet/config.json", json => json["layers_per_block"] = 0); break;
            case "no widths": Edit("unet/config.json", json => { foreach (var key in (string[])["block_out_channels", "down_block_types", "up_block_types", "attention_head_dim"]) json[key] = new JsonArray(); }); break;
            case "three widths": Edit("vae/config.json", json => { foreach (var key in (string[])["block_out_channels", "down_block_types", "up_block_types"]) json[key]!.AsArray().RemoveAt(0); }); break;
            case "negative width": Edit("unet/config.json", json => json["block_out_channels"]![1] = -64); break;
            case "huge width": Edit("vae/config.json", json => json["block_out_channels"]![1] = 1L << 40); break;
            case "odd heads": Edit("unet/config.json", json => json["attention_head_dim"] = 5); break;
            case "negative sample": Edit("unet/config.json", json => json["sample_size"] = -64); break;
            case "text for a number": Edit("unet/config.json", json => json["cross_attention_dim"] = "wide"); break;
            case "prediction": Edit("scheduler/scheduler_config.json", json => json["prediction_type"] = "sample"); break;
            case "other latents": Edit("vae/config.json", json => json["latent_channels"] = 8); break;
            case "5 channels": Edit("unet/config.json", json => json["in_channels"] = 5); break;
            case "other width": Edit("unet/config.json", json => json["cross_attention_dim"] = 128); break;
            case "large vocabulary": Edit("tokenizer/vocab.json", json => json["zebra</w>"] = 90000); break;
            case "lying header": Patch("unet/diffusion_pytorch_model.safetensors", bytes => bytes[6] = 1); break;
            case "wrong type": Rewrite("unet/diffusion_pytorch_model.safetensors", tensors => tensors.Select(pair => pair.Name == "conv_in.bias" ? (pair.Name, pair.Tensor.to(int64)) : pair)); break;
            case "not safetensors": File.WriteAllText(In("vae/diffusion_pytorch_model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"); break;
            case "empty weights": File.WriteAllBytes(In("text_encoder/model.safetensors"), []); break;
            case "missing shard":
                Shard();
                File.Delete(In("unet/part-2.safetensors"));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }
    }

    private void Shard()
    {
        using var scope = NewDisposeScope();
        const string name = "unet/diffusion_pytorch_model.safetensors";
        var tensors = Read(name);
        File.Delete(In(name));
        var map = new JsonObject();
        foreach (var (number, part) in new[] { (1, tensors.Take(200)), (2, tensors.Skip(200)) })
        {
            SafetensorsWriter.Write(In($"unet/part-{number}.safetensors"), part);
            foreach (var (key, _) in part) map[key] = $"part-{number}.safetensors";
        }
        File.WriteAllText(In($"{name}.index.json"), new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
    }

    private void Halve(ScalarType type)
    {
        foreach (var (part, stem) in new[] { ("text_encoder", "model"), ("vae", "diffusion_pytorch_model"), ("unet", "diffusion_pytorch_model") })
        {
            Rewrite($"{part}/{stem}.safetensors", tensors => tensors.Select(pair => (pair.Name, pair.Tensor.to(type))));
            File.Move(In($"{part}/{stem}.safetensors"), In($"{part}/{stem}.fp16.safetensors"));
        }
    }

    private List<(string Name, Tensor Tensor)> Read(string name)
    {
        using var file = SafetensorsFile.Open(In(name));
        return [.. file.Entries.Values.OrderBy(entry => entry.Begin).Select(entry => (entry.Name, file.Read(entry.Name)))];
    }

    private void Rewrite(string name, Func<IEnumerable<(string Name, Tensor Tensor)>, IEnumerable<(string, Tensor)>> change)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(In(name), change(Read(name)));
    }

    private void Edit(string name, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(In(name)))!.AsObject();
        change(json);
        File.WriteAllText(In(name), json.ToJsonString());
    }

    private void Patch(string name, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(In(name));
        change(bytes);
        File.WriteAllBytes(In(name), bytes);
    }
}
