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

    public static TheoryData<string> Variants =>
        [
            "no index",
            "no schedule",
            "published keys",
            "null keys",
            "shards",
            "fp16 index",
            "half",
            "bfloat16",
            "bf16 alone",
            "older attention names",
            "position ids",
            "pooled projection",
            "no class names",
            "names without text_model",
            "tokenizer.json alone",
            "tokenizer.json with pairs",
            "null metadata",
            "a side for each axis",
            "a value for each level",
            "keys left out",
        ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Variants_load_and_say_the_same(string variant)
    {
        var tolerance = 0.0;
        switch (variant)
        {
            case "no index":
                File.Delete(In("model_index.json"));
                break;
            case "no schedule":
                Directory.Delete(In("scheduler"), recursive: true);
                break;
            case "published keys":
                Edit(
                    "unet/config.json",
                    json =>
                        Add(
                            json,
                            """
                            {"_diffusers_version":"9.9","center_input_sample":false,"downsample_padding":1,"mid_block_scale_factor":1,
                            "mid_block_type":"UNetMidBlock2DCrossAttn", "only_cross_attention":false,"dual_cross_attention":false,
                            "dropout":0.0,"upcast_attention":true,"attention_type":"default","conv_in_kernel":3,"conv_out_kernel":3,
                            "resnet_out_scale_factor":1.0, "resnet_skip_time_act":false,"resnet_time_scale_shift":"default",
                            "time_embedding_type":"positional","class_embeddings_concat":false,"addition_embed_type_num_heads":64,
                            "transformer_layers_per_block":1}
                            """
                        )
                );
                Edit(
                    "vae/config.json",
                    json =>
                        Add(
                            json,
                            """{"_name_or_path":"x","sample_size":512,"force_upcast":true,"use_quant_conv":true,"use_post_quant_conv":true,"mid_block_add_attention":true}"""
                        )
                );
                Edit(
                    "text_encoder/config.json",
                    json =>
                        Add(
                            json,
                            """
                            {"_name_or_path":"x","attention_dropout":0.0,"dropout":0.0,"bos_token_id":0,"eos_token_id":2,"pad_token_id":1,
                            "initializer_factor":1.0,"initializer_range":0.02, "projection_dim":768,"torch_dtype":"float32",
                            "dtype":"float32","transformers_version":"5.6"}
                            """
                        )
                );
                Edit(
                    "scheduler/scheduler_config.json",
                    json =>
                        Add(
                            json,
                            """{"_class_name":"PNDMScheduler","skip_prk_steps":true,"timestep_spacing":"leading","trained_betas":null}"""
                        )
                );
                break;
            case "null keys":
                Edit(
                    "unet/config.json",
                    json =>
                        Add(
                            json,
                            """{"class_embed_type":null,"encoder_hid_dim":null,"num_attention_heads":null,"time_cond_proj_dim":null,"mid_block_only_cross_attention":null,"something_of_later":null}"""
                        )
                );
                Edit("vae/config.json", json => Add(json, """{"shift_factor":null,"latents_mean":null,"latents_std":null}"""));
                break;
            case "no class names":
                Edit("vae/config.json", json => json.Remove("_class_name"));
                Edit("unet/config.json", json => json.Remove("_class_name"));
                Edit("text_encoder/config.json", json => json.Remove("architectures"));
                break;
            case "shards":
                Shard();
                break;
            case "half":
                tolerance = 0.01;
                Halve(float16);
                break;
            case "fp16 index":
                tolerance = 0.01;
                Rewrite(
                    "unet/diffusion_pytorch_model.safetensors",
                    tensors => tensors.Select(pair => (pair.Name, pair.Tensor.to(float16)))
                );
                Shard("unet/diffusion_pytorch_model.safetensors.index.fp16.json");
                break;
            case "bf16 alone":
                tolerance = 0.03;
                Rewrite(
                    "unet/diffusion_pytorch_model.safetensors",
                    tensors => tensors.Select(pair => (pair.Name, pair.Tensor.to(bfloat16)))
                );
                File.Move(In("unet/diffusion_pytorch_model.safetensors"), In("unet/diffusion_pytorch_model.bf16.safetensors"));
                File.Copy(In("unet/diffusion_pytorch_model.bf16.safetensors"), In("unet/diffusion_pytorch_model.non_ema.safetensors"));
                break;
            case "names without text_model":
                Rewrite(
                    "text_encoder/model.safetensors",
                    tensors => tensors.Select(pair => (pair.Name.Replace("text_model.", ""), pair.Tensor))
                );
                break;
            case "tokenizer.json alone":
                OneTokenizerFile(pair => JsonValue.Create(pair));
                break;
            case "tokenizer.json with pairs":
                OneTokenizerFile(pair => new JsonArray([.. pair.Split(' ').Select(half => JsonValue.Create(half))]));
                break;
            case "null metadata":
                NullMetadata("vae/diffusion_pytorch_model.safetensors");
                break;
            case "a side for each axis":
                Edit("unet/config.json", json => json["sample_size"] = new JsonArray(24, 32));
                break;
            case "a value for each level":
                Edit(
                    "unet/config.json",
                    json =>
                        Add(
                            json,
                            """{"layers_per_block":[2,2,2,2],"cross_attention_dim":[64,64,64,64],"transformer_layers_per_block":[1,1,1,1],"only_cross_attention":[false,false,false,false]}"""
                        )
                );
                break;
            case "keys left out":
                foreach (
                    var key in (string[])
                        [
                            "down_block_types",
                            "up_block_types",
                            "layers_per_block",
                            "norm_eps",
                            "use_linear_projection",
                            "flip_sin_to_cos",
                            "freq_shift",
                            "act_fn",
                            "in_channels",
                            "out_channels",
                            "sample_size",
                            "mid_block_type",
                        ]
                )
                    Edit("unet/config.json", json => json.Remove(key));
                break;
            case "bfloat16":
                tolerance = 0.03;
                Halve(bfloat16);
                break;
            case "older attention names":
                var older = new KeyMap(("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn"));
                Rewrite("vae/diffusion_pytorch_model.safetensors", tensors => tensors.Select(pair => (older.Map(pair.Name)!, pair.Tensor)));
                using (var file = SafetensorsFile.Open(In("vae/diffusion_pytorch_model.safetensors")))
                    Assert.Equal(4, file.Entries.Keys.Count(name => name.Contains("proj_attn")));
                break;
            case "position ids":
                Rewrite(
                    "text_encoder/model.safetensors",
                    tensors => tensors.Append(("text_model.embeddings.position_ids", arange(77).unsqueeze(0)))
                );
                break;
            case "pooled projection":
                Rewrite("text_encoder/model.safetensors", tensors => tensors.Append(("text_projection.weight", ones(4, 64))));
                break;
        }
        var (expected, actual) = (Masks(_tiny.Path, out var expectedFile), Masks(_model, out var actualFile));
        TensorAssert.Close(expected, actual, tolerance, variant);
        if (tolerance == 0)
            Assert.Equal(expectedFile, actualFile);
        Assert.True(expected.std().item<float>() > 0.001); // there is something to agree on
        (CommandRun.Of("inspect", _model)).Works();
    }

    [Fact]
    public void Values_that_are_not_numbers_are_warned_of()
    {
        Rewrite(
            "unet/diffusion_pytorch_model.safetensors",
            tensors =>
                tensors.Select(pair =>
                {
                    if (pair.Name == "conv_in.weight")
                        pair.Tensor.view(-1)[5] = float.NaN;
                    return pair;
                })
        );
        var run = Ground().Works();
        Assert.Contains("warning: ", run.Error);
        Assert.Contains("unet: conv_in.weight holds values that are not numbers (1)", run.Error);
        run = (
            CommandRun.Of("features", _folder.File("a.png"), "-c", "[a]", "-m", _model, "-o", _folder.File("f.safetensors"), "--size", "64")
        ).Works();
        Assert.Contains("conv_in.weight holds values", run.Error);
        Assert.Contains("conv_in.weight holds values", (CommandRun.Of("inspect", _model)).Works().Output);
    }

    [Fact]
    public void A_unet_without_a_middle_loads_and_lacks_its_attention()
    {
        Rewrite(
            "unet/diffusion_pytorch_model.safetensors",
            tensors => tensors.Where(pair => !pair.Name.StartsWith("mid_block", StringComparison.Ordinal))
        );
        Edit("unet/config.json", json => json["mid_block_type"] = null);
        CommandRun.Of("inspect", _model).Works();
        Masks(_model, out _);
        using var file = SafetensorsFile.Open(_folder.File("features.safetensors"));
        Assert.Equal(15, file.Entries.Keys.Count(name => name.StartsWith("attention.", StringComparison.Ordinal)));
        Assert.DoesNotContain(file.Entries.Keys, name => name.Contains("mid_block"));
        Edit("unet/config.json", json => json.Remove("mid_block_type")); // left out is not null: the usual block is missing then
        Assert.Contains("missing    mid_block", CommandRun.Of("inspect", _model).Output);
    }

    [Fact]
    public void A_side_that_the_unet_cannot_halve_is_rounded_up_in_sampling()
    {
        Edit("unet/config.json", json => json["sample_size"] = new JsonArray(20, 30));
        CommandRun.Of("sample", "a man", "--model", _model, "--steps", "1", "--guidance", "1", "-o", _folder.File("s.png"), "-q").Works();
        var picture = Picture.Load(_folder.File("s.png"));
        Assert.Equal((256, 256), (picture.Width, picture.Height)); // 32 latents of 8 pixels
    }

    [Fact]
    public void Tokens_that_were_learnt_later_are_read()
    {
        using (NewDisposeScope())
        {
            Rewrite(
                "text_encoder/model.safetensors",
                tensors =>
                    tensors.Select(pair =>
                        pair.Name.EndsWith("token_embedding.weight", StringComparison.Ordinal)
                            ? (pair.Name, cat([pair.Tensor, full(2, 64, 3f)]))
                            : pair
                    )
            );
        }
        Edit("text_encoder/config.json", json => json["vocab_size"] = 1026);
        File.WriteAllText(In("tokenizer/added_tokens.json"), """{"<My-Toy>": 1024, "<My-Toy>_1": 1025}""");
        CommandRun
            .Of(
                "features",
                _folder.File("a.png"),
                "-c",
                "[a <my-toy>]",
                "-m",
                _model,
                "-o",
                _folder.File("f.safetensors"),
                "--size",
                "64",
                "-q"
            )
            .Works();
        using var file = SafetensorsFile.Open(_folder.File("f.safetensors"));
        Assert.Equal([256 + 'a', 1024, 1025], file.Read("tokens").data<long>());
        File.WriteAllText(In("tokenizer/added_tokens.json"), """{"<my-toy>": 1026}""");
        Ground().RefusesInOneLine("has token 1026");
        foreach (
            var config in (string[])
                [
                    """{"added_tokens_decoder": {"99999999999": {"content": "a"}}}""",
                    """{"added_tokens_decoder": {"7": {"content": null}}}""",
                ]
        )
        {
            var kept = File.ReadAllText(In("tokenizer/tokenizer_config.json"));
            File.WriteAllText(In("tokenizer/tokenizer_config.json"), config);
            Ground().RefusesInOneLine("tokenizer_config.json");
            File.WriteAllText(In("tokenizer/tokenizer_config.json"), kept);
        }
        File.WriteAllText(In("tokenizer/added_tokens.json"), """{"a": 1024}""");
        Ground().RefusesInOneLine("added_tokens.json", "gives 'a' the id 1024, but elsewhere");
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "SDXL index", "SDXL" },
            { "inpainting index", "an inpainting model" },
            { "another index", "another kind of model" },
            { "second text encoder", "SDXL" },
            { "SDXL unet", "SDXL" },
            { "9 channels", "inpainting" },
            { "unknown unet", "UNet2DConditionModel" },
            { "unknown vae", "AutoencoderKL" },
            { "unknown text encoder", "CLIPTextModel" },
            { "unknown block", "only CrossAttnDownBlock2D and DownBlock2D" },
            { "no unet", "lacks unet/" },
            { "no tokenizer and vae", "lacks tokenizer/, vae/" },
            { "no merges", "merges.txt: no such file" },
            { "pickled", "can run code" },
            { "no weights", "has no weights" },
            { "no config", "config.json: cannot be read" },
            { "config not JSON", "config.json: is not JSON" },
            { "config a list", "a JSON object was expected" },
            { "too many layers", "num_hidden_layers" },
            { "negative vocabulary", "vocab_size" },
            { "zero layers", "layers_per_block" },
            { "no widths", "block_out_channels" },
            { "three widths", "block_out_channels" },
            { "negative width", "block_out_channels" },
            { "huge width", "block_out_channels" },
            { "odd heads", "attention_head_dim" },
            { "negative sample", "sample_size" },
            { "text for a number", "a whole number" },
            { "prediction", "prediction_type" },
            { "other width", "the parts are of different models" },
            { "other latents", "latent_channels is 8; the parts are of different models" },
            { "5 channels", "as out_channels" },
            { "large vocabulary", "has token 90000" },
            { "lying header", "declares a header" },
            { "wrong type", "conv_in.bias" },
            { "not safetensors", "truncated or not a safetensors file" },
            { "empty weights", "shorter than" },
            { "missing shard", "no such file" },
            { "upscaler", "an upscaler" },
            { "levels of their own", "levels that differ in it" },
            { "null groups", "'norm_num_groups' is null" },
            { "centred input", "center_input_sample" },
            { "an unknown key", "'something_new' is [1,\"x\"]; this key is not known" },
            { "an unknown VAE key", "'something_new'" },
            { "an unknown text key", "'something_new'" },
            { "an unknown schedule key", "'something_new'" },
            { "an unknown tokenizer key", "'something_new'" },
            { "a shifted autoencoder", "shift_factor" },
            { "scaled middle", "mid_block_scale_factor" },
            { "thresholding", "thresholding" },
            { "flow matching", "_class_name" },
            { "cased tokens", "do_lower_case" },
            { "zero signal of noise", "rescale_betas_zero_snr" },
            { "few trained betas", "1000 numbers" },
            { "odd spacing", "timestep_spacing" },
            { "weights in training", "training goes on from" },
            { "weights of another name", "weights of another name (diffusion_pytorch_model.mine.safetensors)" },
            { "a Git LFS pointer", "Git LFS pointer" },
            { "a vocabulary's pointer", "Git LFS pointer" },
            { "a config's pointer", "Git LFS pointer" },
            { "another kind of tokenizer.json", "CLIP's is BPE" },
            { "a value over lines", "a CLIPTextModel is needed" },
            { "a value of no text", "text that is not Unicode" },
            { "half a letter", "text that is not Unicode" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Faults_are_named(string fault, string says)
    {
        Break(fault);
        var refused = Ground();
        if (fault == "wrong type")
            refused.Refuses("does not fit", "type       conv_in.bias: file I64, model F32");
        else
            refused.RefusesInOneLine(says, _model);
        Assert.False(Directory.Exists(_folder.File("out")));
        var inspected = CommandRun.Of("inspect", _model);
        inspected.Refuses();
        Assert.Contains(says, inspected.Output + inspected.Error);
    }

    [Fact]
    public void What_differs_is_listed()
    {
        Rewrite(
            "vae/diffusion_pytorch_model.safetensors",
            tensors =>
                tensors
                    .Where(pair => pair.Name != "quant_conv.bias")
                    .Select(pair => pair.Name == "encoder.conv_in.bias" ? (pair.Name, pair.Tensor[..3]) : pair)
                    .Append(("extra", ones(2)))
        );
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
        (CommandRun.Of("ground", _folder.File("a.png"), "-c", "[a]", "-m", _folder.File("a.png"))).RefusesInOneLine(
            "is a file",
            "diffusers layout"
        );
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

    private string In(string name) => Path.Combine(_model, name.Replace('/', Path.DirectorySeparatorChar));

    private CommandRun Ground() =>
        CommandRun.Of(
            "ground",
            _folder.File("a.png"),
            "--caption",
            "[a man] on [a horse]",
            "--model",
            _model,
            "--out",
            _folder.File("out"),
            "--size",
            "64"
        );

    private Tensor Masks(string model, out byte[] features)
    {
        var path = _folder.File("features.safetensors");
        (
            CommandRun.Of("features", _folder.File("a.png"), "-c", "[a man] on [a horse]", "-m", model, "-o", path, "--size", "64", "-q")
        ).Works();
        features = File.ReadAllBytes(path);
        using var file = SafetensorsFile.Open(path);
        return file.Read("masks.diffusion");
    }

    private void Break(string fault)
    {
        switch (fault)
        {
            case "SDXL index":
                Edit("model_index.json", json => json["_class_name"] = "StableDiffusionXLPipeline");
                break;
            case "inpainting index":
                Edit("model_index.json", json => json["_class_name"] = "StableDiffusionInpaintPipeline");
                break;
            case "another index":
                Edit("model_index.json", json => json["_class_name"] = "AudioLDMPipeline");
                break;
            case "upscaler":
                Edit("model_index.json", json => json["_class_name"] = "StableDiffusionUpscalePipeline");
                break;
            case "second text encoder":
                Directory.CreateDirectory(In("text_encoder_2"));
                break;
            case "SDXL unet":
                Edit("unet/config.json", json => json["addition_embed_type"] = "text_time");
                break;
            case "9 channels":
                Edit("unet/config.json", json => json["in_channels"] = 9);
                break;
            case "unknown unet":
                Edit("unet/config.json", json => json["_class_name"] = "UNet3DConditionModel");
                break;
            case "unknown vae":
                Edit("vae/config.json", json => json["_class_name"] = "VQModel");
                break;
            case "unknown text encoder":
                Edit("text_encoder/config.json", json => json["architectures"] = new JsonArray("T5EncoderModel"));
                break;
            case "unknown block":
                Edit("unet/config.json", json => json["down_block_types"]![0] = "AttnDownBlock2D");
                break;
            case "no unet":
                Directory.Delete(In("unet"), recursive: true);
                break;
            case "no tokenizer and vae":
                Directory.Delete(In("tokenizer"), recursive: true);
                Directory.Delete(In("vae"), recursive: true);
                break;
            case "no merges":
                File.Delete(In("tokenizer/merges.txt"));
                break;
            case "pickled":
                File.Move(In("unet/diffusion_pytorch_model.safetensors"), In("unet/diffusion_pytorch_model.bin"));
                break;
            case "no weights":
                File.Delete(In("vae/diffusion_pytorch_model.safetensors"));
                break;
            case "no config":
                File.Delete(In("vae/config.json"));
                break;
            case "config not JSON":
                File.WriteAllText(In("unet/config.json"), "{\"_class_name\":");
                break;
            case "config a list":
                File.WriteAllText(In("unet/config.json"), "[]");
                break;
            case "too many layers":
                Edit("text_encoder/config.json", json => json["num_hidden_layers"] = 3_000_000_000);
                break;
            case "negative vocabulary":
                Edit("text_encoder/config.json", json => json["vocab_size"] = -5);
                break;
            case "zero layers":
                Edit("unet/config.json", json => json["layers_per_block"] = 0);
                break;
            case "no widths":
                Edit(
                    "unet/config.json",
                    json =>
                    {
                        foreach (var key in (string[])["block_out_channels", "down_block_types", "up_block_types", "attention_head_dim"])
                            json[key] = new JsonArray();
                    }
                );
                break;
            case "three widths":
                Edit(
                    "vae/config.json",
                    json =>
                    {
                        foreach (var key in (string[])["block_out_channels", "down_block_types", "up_block_types"])
                            json[key]!.AsArray().RemoveAt(0);
                    }
                );
                break;
            case "negative width":
                Edit("unet/config.json", json => json["block_out_channels"]![1] = -64);
                break;
            case "huge width":
                Edit("vae/config.json", json => json["block_out_channels"]![1] = 1L << 40);
                break;
            case "odd heads":
                Edit("unet/config.json", json => json["attention_head_dim"] = 5);
                break;
            case "negative sample":
                Edit("unet/config.json", json => json["sample_size"] = -64);
                break;
            case "text for a number":
                Edit("unet/config.json", json => json["cross_attention_dim"] = "wide");
                break;
            case "prediction":
                Edit("scheduler/scheduler_config.json", json => json["prediction_type"] = "sample");
                break;
            case "other latents":
                Edit("vae/config.json", json => json["latent_channels"] = 8);
                break;
            case "5 channels":
                Edit("unet/config.json", json => json["in_channels"] = 5);
                break;
            case "other width":
                Edit("unet/config.json", json => json["cross_attention_dim"] = 128);
                break;
            case "large vocabulary":
                Edit("tokenizer/vocab.json", json => json["zebra</w>"] = 90000);
                break;
            case "lying header":
                Patch("unet/diffusion_pytorch_model.safetensors", bytes => bytes[6] = 1);
                break;
            case "wrong type":
                Rewrite(
                    "unet/diffusion_pytorch_model.safetensors",
                    tensors => tensors.Select(pair => pair.Name == "conv_in.bias" ? (pair.Name, pair.Tensor.to(int64)) : pair)
                );
                break;
            case "not safetensors":
                File.WriteAllText(In("vae/diffusion_pytorch_model.safetensors"), "<html><body>Not found, says the server</body></html>");
                break;
            case "a Git LFS pointer":
                File.WriteAllText(In("vae/diffusion_pytorch_model.safetensors"), Pointer);
                break;
            case "a vocabulary's pointer":
                File.WriteAllText(In("tokenizer/vocab.json"), Pointer);
                break;
            case "a config's pointer":
                File.WriteAllText(In("unet/config.json"), Pointer);
                break;
            case "levels of their own":
                Edit("unet/config.json", json => json["layers_per_block"] = new JsonArray(1, 2, 2, 2));
                break;
            case "null groups":
                Edit("unet/config.json", json => json["norm_num_groups"] = null);
                break;
            case "centred input":
                Edit("unet/config.json", json => json["center_input_sample"] = true);
                break;
            case "an unknown key":
                Edit("unet/config.json", json => json["something_new"] = new JsonArray(1, "x"));
                break;
            case "an unknown VAE key":
                Edit("vae/config.json", json => json["something_new"] = 1);
                break;
            case "an unknown text key":
                Edit("text_encoder/config.json", json => json["something_new"] = 1);
                break;
            case "an unknown schedule key":
                Edit("scheduler/scheduler_config.json", json => json["something_new"] = 1);
                break;
            case "an unknown tokenizer key":
                Edit("tokenizer/tokenizer_config.json", json => json["something_new"] = 1);
                break;
            case "a shifted autoencoder":
                Edit("vae/config.json", json => json["shift_factor"] = 0.1);
                break;
            case "scaled middle":
                Edit("unet/config.json", json => json["mid_block_scale_factor"] = 1.41);
                break;
            case "thresholding":
                Edit("scheduler/scheduler_config.json", json => json["thresholding"] = true);
                break;
            case "flow matching":
                Edit("scheduler/scheduler_config.json", json => json["_class_name"] = "FlowMatchEulerDiscreteScheduler");
                break;
            case "cased tokens":
                Edit("tokenizer/tokenizer_config.json", json => json["do_lower_case"] = false);
                break;
            case "zero signal of noise":
                Edit("scheduler/scheduler_config.json", json => json["rescale_betas_zero_snr"] = true);
                break;
            case "few trained betas":
                Edit("scheduler/scheduler_config.json", json => json["trained_betas"] = new JsonArray(0.1, 0.2));
                break;
            case "odd spacing":
                Edit("scheduler/scheduler_config.json", json => json["timestep_spacing"] = "random");
                break;
            case "weights in training":
                File.Move(In("unet/diffusion_pytorch_model.safetensors"), In("unet/diffusion_pytorch_model.non_ema.safetensors"));
                break;
            case "weights of another name":
                File.Move(In("unet/diffusion_pytorch_model.safetensors"), In("unet/diffusion_pytorch_model.mine.safetensors"));
                break;
            case "another kind of tokenizer.json":
                OneTokenizerFile(pair => JsonValue.Create(pair));
                Edit("tokenizer/tokenizer.json", json => json["model"]!["type"] = "Unigram");
                break;
            case "a value of no text":
                Patch("unet/config.json", bytes => bytes[bytes.AsSpan().IndexOf("UNet2DConditionModel"u8)] = 0xFF);
                break;
            case "half a letter":
                Patch("unet/config.json", bytes => @"\ud800"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("UNet2DConditionModel"u8))));
                break;
            case "a value over lines":
                Edit("text_encoder/config.json", json => json["architectures"] = new JsonArray("Bert\nModel", "x"));
                break;
            case "empty weights":
                File.WriteAllBytes(In("text_encoder/model.safetensors"), []);
                break;
            case "missing shard":
                Shard();
                File.Delete(In("unet/part-2.safetensors"));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }
    }

    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    private static void Add(JsonObject json, string keys)
    {
        foreach (var (key, value) in JsonNode.Parse(keys)!.AsObject())
            json[key] = value?.DeepClone();
    }

    /// <summary>What newer libraries write instead of vocab.json and merges.txt.</summary>
    private void OneTokenizerFile(Func<string, JsonNode> merge)
    {
        var ids = JsonNode.Parse(File.ReadAllText(In("tokenizer/vocab.json")))!;
        var special = new JsonArray(
            new JsonObject
            {
                ["id"] = (int)ids["<|endoftext|>"]!,
                ["content"] = "<|endoftext|>",
                ["special"] = true,
            }
        );
        var merges = new JsonArray([.. File.ReadAllLines(In("tokenizer/merges.txt")).Skip(1).Select(merge)]);
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["end_of_word_suffix"] = "</w>",
            ["vocab"] = ids,
            ["merges"] = merges,
        };
        File.WriteAllText(
            In("tokenizer/tokenizer.json"),
            new JsonObject
            {
                ["version"] = "1.0",
                ["added_tokens"] = special,
                ["model"] = model,
            }.ToJsonString()
        );
        File.Delete(In("tokenizer/vocab.json"));
        File.Delete(In("tokenizer/merges.txt"));
    }

    private void NullMetadata(string name)
    {
        var bytes = File.ReadAllBytes(In(name));
        var length = (int)BitConverter.ToUInt64(bytes);
        var header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        header["__metadata__"] = null;
        var text = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(In(name), [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. bytes[(8 + length)..]]);
    }

    private void Shard(string? index = null)
    {
        using var scope = NewDisposeScope();
        const string name = "unet/diffusion_pytorch_model.safetensors";
        var tensors = Read(name);
        File.Delete(In(name));
        var map = new JsonObject();
        foreach (var (number, part) in new[] { (1, tensors.Take(200)), (2, tensors.Skip(200)) })
        {
            SafetensorsWriter.Write(In($"unet/part-{number}.safetensors"), part);
            foreach (var (key, _) in part)
                map[key] = $"part-{number}.safetensors";
        }
        File.WriteAllText(
            In(index ?? $"{name}.index.json"),
            new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString()
        );
    }

    private void Halve(ScalarType type)
    {
        foreach (
            var (part, stem) in new[] { ("text_encoder", "model"), ("vae", "diffusion_pytorch_model"), ("unet", "diffusion_pytorch_model") }
        )
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
