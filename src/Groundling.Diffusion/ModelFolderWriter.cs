using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Writes model folders in the diffusers layout, as other programs read them.</summary>
public static class ModelFolderWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes a folder of randomly initialised weights, whole or not at all.</summary>
    /// <param name="path">The folder to make; it must not hold anything yet.</param>
    /// <param name="preset">The sizes.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="type">Element type on disk: float32, float16 or bfloat16.</param>
    /// <param name="tokenizer">A tokenizer's folder to copy; a byte-level one is made where null.</param>
    /// <param name="progress">Told the name of each part before it is written.</param>
    /// <param name="cancellation">Looked at before each tensor; when it is cancelled, nothing is left behind.</param>
    /// <exception cref="ModelException">The folder holds something already, cannot be made, or the tokenizer does not fit.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void WriteRandom(
        string path,
        ModelPreset preset,
        ulong seed,
        ScalarType type = ScalarType.Float32,
        string? tokenizer = null,
        IProgress<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (tokenizer is not null)
            RequireFit(ClipTokenizer.Open(tokenizer), tokenizer, preset);
        WriteWhole(
            path,
            temporary =>
            {
                WriteTokenizer(Path.Combine(temporary, "tokenizer"), preset.Text.VocabularySize, tokenizer);
                WriteIndex(temporary, preset.Prediction);
                using var generator = new Generator(seed);
                foreach (
                    var (part, make, config) in new (string, Func<Module>, JsonObject)[]
                    {
                        ("text_encoder", () => new TextEncoder(preset.Text), Describe(preset.Text)),
                        ("vae", () => new Vae(preset.Vae), Describe(preset.Vae)),
                        ("unet", () => new UNet(preset.UNet), Describe(preset.UNet)),
                    }
                )
                {
                    progress?.Report(part);
                    using var module = make();
                    var tensors = Initialization.InitialValues(module, generator).ToList();
                    WritePart(
                        Path.Combine(temporary, part),
                        config,
                        type,
                        [.. tensors.Select(entry => (entry.Name, type, entry.Tensor.shape))],
                        i =>
                        {
                            cancellation.ThrowIfCancellationRequested();
                            return tensors[i].Value();
                        }
                    );
                }
            }
        );
    }

    /// <summary>Writes a folder of given weights, whole or not at all.</summary>
    /// <param name="path">The folder to make; it must not hold anything yet.</param>
    /// <param name="tokenizer">A tokenizer's folder to copy.</param>
    /// <param name="text">The text encoder.</param>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="unet">The UNet.</param>
    /// <param name="prediction">What the UNet's output means.</param>
    /// <param name="type">Element type on disk: float32, float16 or bfloat16.</param>
    /// <exception cref="ModelException">The folder holds something already or cannot be made.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(
        string path,
        string tokenizer,
        TextEncoder text,
        Vae vae,
        UNet unet,
        PredictionType prediction,
        ScalarType type
    ) =>
        WriteWhole(
            path,
            temporary =>
            {
                WriteTokenizer(Path.Combine(temporary, "tokenizer"), text.Config.VocabularySize, tokenizer);
                WriteIndex(temporary, prediction);
                WriteTextEncoder(Path.Combine(temporary, "text_encoder"), text, type);
                WriteVae(Path.Combine(temporary, "vae"), vae, vae.Config, type);
                WriteUNet(Path.Combine(temporary, "unet"), unet, type);
            }
        );

    /// <summary>Writes a text encoder: its config and weights.</summary>
    /// <param name="folder">The part's folder; made where missing.</param>
    /// <param name="text">The text encoder.</param>
    /// <param name="type">Element type on disk.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void WriteTextEncoder(string folder, TextEncoder text, ScalarType type) =>
        WritePart(folder, Describe(text.Config), type, text);

    /// <summary>Writes an autoencoder: its config and weights.</summary>
    /// <param name="folder">The part's folder; made where missing.</param>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="config">Its sizes, with a scaling factor that may have been measured after it was built.</param>
    /// <param name="type">Element type on disk.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void WriteVae(string folder, Vae vae, VaeConfig config, ScalarType type) =>
        WritePart(folder, Describe(config), type, vae);

    /// <summary>Writes a UNet: its config and weights.</summary>
    /// <param name="folder">The part's folder; made where missing.</param>
    /// <param name="unet">The UNet.</param>
    /// <param name="type">Element type on disk.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void WriteUNet(string folder, UNet unet, ScalarType type) => WritePart(folder, Describe(unet.Config), type, unet);

    /// <summary>Makes a folder, whole or not at all.</summary>
    /// <param name="path">The folder to make; it must not hold anything yet.</param>
    /// <param name="write">Writes all files into the folder it is given, which takes its name when it is done.</param>
    /// <exception cref="ModelException">The folder holds something already or cannot be made.</exception>
    public static void WriteWhole(string path, Action<string> write)
    {
        path = RequireNew(path);
        MakeParent(path);
        AtomicFolder.Write(path, write);
    }

    /// <summary>Refuses a folder that cannot be made, before the work whose result it is to hold.</summary>
    /// <param name="path">The folder to make; it must not hold anything yet.</param>
    /// <returns>The whole path.</returns>
    /// <exception cref="ModelException">The folder holds something already.</exception>
    public static string RequireNew(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new ModelException("the name of the folder to make is empty; name a folder");
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new ModelException($"{path}: exists already; name a new folder, or remove it first");
        return path;
    }

    private static void WriteIndex(string folder, PredictionType prediction)
    {
        WriteJson(Path.Combine(folder, ModelFolder.IndexName), new JsonObject { ["_class_name"] = "StableDiffusionPipeline" });
        WriteJson(Path.Combine(folder, "scheduler", "scheduler_config.json"), Schedule(prediction));
    }

    private static void WritePart(string folder, JsonObject config, ScalarType type, Module module)
    {
        var tensors = module.NamedTensors().ToList();
        WritePart(
            folder,
            config,
            type,
            [.. tensors.Select(entry => (entry.Name, type, entry.Tensor.shape))],
            i => tensors[i].Tensor.alias()
        );
    }

    /// <summary>Each tensor is made when its turn to be written comes, so that the largest one is all that is held.</summary>
    private static void WritePart(
        string folder,
        JsonObject config,
        ScalarType type,
        IReadOnlyList<(string, ScalarType, long[])> layout,
        Func<int, Tensor> make
    )
    {
        WriteJson(Path.Combine(folder, "config.json"), config);
        WriteWeights(folder, config.ContainsKey("model_type") ? "text_encoder" : "", type, layout, make);
    }

    /// <summary>Writes a part's weights under the name that readers look for.</summary>
    /// <param name="folder">The part's folder.</param>
    /// <param name="part">The part's name, whatever the folder is called.</param>
    /// <param name="type">Element type of what is not of another by <paramref name="layout"/>.</param>
    /// <param name="layout">Name, type and shape of every tensor.</param>
    /// <param name="make">Makes the tensor at an index.</param>
    internal static void WriteWeights(
        string folder,
        string part,
        ScalarType type,
        IReadOnlyList<(string, ScalarType, long[])> layout,
        Func<int, Tensor> make
    )
    {
        var variant = type == ScalarType.Float32 ? "" : ".fp16";
        SafetensorsWriter.Write(
            Path.Combine(folder, $"{ModelFolder.StemOf(part)}{variant}.safetensors"),
            layout,
            make,
            new Dictionary<string, string> { ["format"] = "pt" }
        );
    }

    private static void WriteTokenizer(string path, long vocabularySize, string? source)
    {
        Directory.CreateDirectory(path);
        if (source is null)
        {
            ByteVocabulary.Write(path, vocabularySize, []);
            return;
        }
        foreach (var name in TokenizerFiles.Names)
            if (File.Exists(Path.Combine(source, name)))
                AtomicFile.Copy(Path.Combine(source, name), Path.Combine(path, name));
    }

    private static void RequireFit(ClipTokenizer tokenizer, string path, ModelPreset preset)
    {
        if (tokenizer.LargestToken >= preset.Text.VocabularySize)
            throw new ModelException(
                $"{path}: has token {tokenizer.LargestToken}, but the text encoder of '{preset.Name}' knows only 0 to {preset.Text.VocabularySize - 1}; choose another preset or tokenizer"
            );
    }

    private static void MakeParent(string path)
    {
        var parent = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be made: {parent} is not a folder and cannot become one; name another folder", e);
        }
    }

    private static void WriteJson(string path, JsonObject json)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json.ToJsonString(Indented) + "\n");
    }

    private static JsonArray List<T>(IEnumerable<T> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static JsonObject Schedule(PredictionType prediction) =>
        new()
        {
            ["_class_name"] = "DDIMScheduler",
            ["num_train_timesteps"] = 1000,
            ["beta_start"] = 0.00085,
            ["beta_end"] = 0.012,
            ["beta_schedule"] = "scaled_linear",
            ["clip_sample"] = false,
            ["set_alpha_to_one"] = false,
            ["steps_offset"] = 1,
            ["prediction_type"] = prediction == PredictionType.Epsilon ? "epsilon" : "v_prediction",
        };

    private static JsonObject Describe(TextEncoderConfig config) =>
        new()
        {
            ["architectures"] = List(["CLIPTextModel"]),
            ["model_type"] = "clip_text_model",
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.Width,
            ["intermediate_size"] = config.FeedForwardWidth,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["max_position_embeddings"] = config.Positions,
            ["hidden_act"] = config.QuickGelu ? "quick_gelu" : "gelu",
            ["layer_norm_eps"] = config.Epsilon,
        };

    private static JsonObject Describe(VaeConfig config) =>
        new()
        {
            ["_class_name"] = "AutoencoderKL",
            ["in_channels"] = 3,
            ["out_channels"] = 3,
            ["down_block_types"] = List(config.Widths.Select(_ => "DownEncoderBlock2D")),
            ["up_block_types"] = List(config.Widths.Select(_ => "UpDecoderBlock2D")),
            ["block_out_channels"] = List(config.Widths),
            ["layers_per_block"] = config.LayersPerBlock,
            ["act_fn"] = "silu",
            ["latent_channels"] = config.LatentChannels,
            ["norm_num_groups"] = config.NormGroups,
            ["scaling_factor"] = config.ScalingFactor,
        };

    private static JsonObject Describe(UNetConfig config) =>
        new()
        {
            ["_class_name"] = "UNet2DConditionModel",
            ["sample_size"] = config.SampleSize,
            ["in_channels"] = config.InChannels,
            ["out_channels"] = config.OutChannels,
            ["down_block_types"] = List(config.DownAttends.Select(attends => attends ? "CrossAttnDownBlock2D" : "DownBlock2D")),
            ["up_block_types"] = List(config.UpAttends.Select(attends => attends ? "CrossAttnUpBlock2D" : "UpBlock2D")),
            ["mid_block_type"] = config.HasMiddle ? "UNetMidBlock2DCrossAttn" : null,
            ["block_out_channels"] = List(config.Widths),
            ["attention_head_dim"] = List(config.Heads),
            ["layers_per_block"] = config.LayersPerBlock,
            ["cross_attention_dim"] = config.PromptWidth,
            ["norm_num_groups"] = config.NormGroups,
            ["norm_eps"] = config.NormEpsilon,
            ["use_linear_projection"] = config.LinearProjection,
            ["flip_sin_to_cos"] = config.CosineFirst,
            ["freq_shift"] = config.FrequencyShift,
            ["act_fn"] = "silu",
        };
}
