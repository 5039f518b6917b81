using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>
/// A Stable Diffusion 1.x or 2.x in one safetensors file, under the names that its own training gave: UNet, autoencoder and text encoder.
/// What kind of model it is shows in names and shapes; what these do not tell, such as the number of heads, is the kind's.
/// </summary>
internal sealed class SingleFileModel : ModelSource
{
    private const string Advice = "which is not supported; use a Stable Diffusion 1.x or 2.x";

    /// <summary>Training's counters, and numbers that follow from the schedule.</summary>
    private static readonly string[] Unused =
    [
        "betas",
        "alphas_cumprod",
        "alphas_cumprod_prev",
        "sqrt_alphas_cumprod",
        "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod",
        "sqrt_recipm1_alphas_cumprod",
        "posterior_variance",
        "posterior_log_variance_clipped",
        "posterior_mean_coef1",
        "posterior_mean_coef2",
        "logvar",
        "lvlb_weights",
        "scale_factor",
        "global_step",
        "epoch",
        "model_ema.decay",
        "model_ema.num_updates",
    ];

    /// <summary>Names, or their beginnings, that only other kinds of files hold.</summary>
    private static readonly (string Sign, string Kind)[] OtherKinds =
    [
        ("conditioner.embedders.", "SDXL"),
        ("model.diffusion_model.label_emb.", "SDXL or an unCLIP model"),
        ("control_model.", "a ControlNet"),
        ("input_hint_block.", "a ControlNet"),
        ("controlnet_cond_embedding.", "a ControlNet"),
        ("model.diffusion_model.joint_blocks.", "Stable Diffusion 3"),
        ("model.diffusion_model.double_blocks.", "Flux"),
        ("double_blocks.", "Flux"),
        ("lora_unet_", "a LoRA"),
        ("lora_te", "a LoRA"),
        ("unet.down_blocks.", "a LoRA or a part of one"),
        ("emb_params", "a textual inversion"),
        ("embedder.", "another kind of model"),
    ];

    private readonly ShapeTable _shapes;
    private readonly bool _isSecond;

    private SingleFileModel(string path, ShapeTable shapes)
        : base(path)
    {
        (_shapes, _isSecond) = (shapes, shapes.HasAny(OriginalText.Second));
    }

    /// <summary>Opens a file and looks what it is; no tensor is read yet.</summary>
    /// <exception cref="ModelException">It holds another kind of model.</exception>
    /// <exception cref="WeightsException">It is damaged.</exception>
    public static SingleFileModel Open(string path)
    {
        using var weights = WeightSource.Open(path);
        var shapes = new ShapeTable(path, weights.Entries);
        foreach (var (sign, kind) in OtherKinds)
            if (shapes.HasAny(sign))
                throw new ModelException(
                    $"{path}: holds '{shapes.Names.First(name => name.StartsWith(sign, StringComparison.Ordinal))}', so it is {kind}, {Advice}"
                );
        if (!shapes.HasAny(OriginalUNet.Prefix))
            throw new ModelException(
                shapes.Has("conv_in.weight") && shapes.HasAny("down_blocks.")
                    ? $"{path}: is one part of a folder in the diffusers layout; name that folder"
                : shapes.HasAny("encoder.") && shapes.HasAny("decoder.")
                    ? $"{path}: is an autoencoder alone; name it by --vae beside a whole --model"
                : $"{path}: holds no UNet ({OriginalUNet.Prefix}*), so it is no Stable Diffusion 1.x or 2.x"
            );
        var channels = shapes.Size($"{OriginalUNet.Prefix}input_blocks.0.0.weight", 1);
        if (channels != 4 && Kind(channels) is { } other)
            throw new ModelException($"{path}: its UNet reads {channels} channels, so it is {other}, {Advice} that makes pictures of text");
        if (shapes.Names.FirstOrDefault(name => name.Contains("transformer_blocks.1.", StringComparison.Ordinal)) is { } deep)
            throw new ModelException($"{path}: holds '{deep}', so it is SDXL or another deeper model, {Advice}");
        if (!shapes.HasAny(OriginalText.First) && !shapes.HasAny(OriginalText.Second))
            throw new ModelException($"{path}: holds no text encoder (cond_stage_model.*); a whole model is needed");
        var unknown = shapes.Names.FirstOrDefault(name =>
            !Unused.Contains(name)
            && !name.StartsWith("model_ema.diffusion_model", StringComparison.Ordinal)
            && !new[] { OriginalUNet.Prefix, OriginalVae.Prefix, OriginalText.First, OriginalText.Second }.Any(prefix =>
                name.StartsWith(prefix, StringComparison.Ordinal)
            )
        );
        return unknown is null
            ? new(path, shapes)
            : throw new ModelException($"{path}: holds '{unknown}', which is no part of a Stable Diffusion 1.x or 2.x that is known here");
    }

    public override string TokenizerPlace => Path;

    public override string Config(string part) => Path;

    private protected override ClipTokenizer OwnTokenizer()
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        var found = new[] { System.IO.Path.Combine(folder, "tokenizer"), folder }.FirstOrDefault(TokenizerFiles.Exist);
        return found is not null
            ? OpenTokenizer(found)
            : throw new ModelException(
                $"{Path}: single files hold no tokenizer; name one by --tokenizer DIR (the folder 'tokenizer' of any Stable Diffusion 1.x or 2.x serves), or lay it beside the file"
            );
    }

    /// <summary>2.x learnt with "!" behind the words, whichever model's folder the vocabulary comes from.</summary>
    private protected override ClipTokenizer OpenTokenizer(string folder) => ClipTokenizer.Open(folder, _isSecond ? "!" : null);

    public override TextEncoderConfig TextConfig() => OriginalText.ConfigOf(_shapes, _isSecond);

    private protected override VaeConfig OwnVaeConfig() =>
        _shapes.HasAny(OriginalVae.Prefix)
            ? OriginalVae.ConfigOf(_shapes, OriginalVae.Prefix)
            : throw new ModelException($"{Path}: holds no autoencoder ({OriginalVae.Prefix}*); name one by --vae");

    public override UNetConfig UNetConfig() => OriginalUNet.ConfigOf(_shapes, _isSecond, Schedule().Prediction == PredictionType.Velocity);

    public override ScheduleConfig Schedule() =>
        new(NoiseSchedule.StableDiffusion, _isSecond ? SecondPrediction() : PredictionType.Epsilon);

    private protected override WeightSource OwnWeights(string part) =>
        WeightSource
            .Open(Path)
            .As(
                part switch
                {
                    "text_encoder" => OriginalText.Views(_shapes, _isSecond),
                    "vae" => OriginalVae.Views(_shapes, OriginalVae.Prefix),
                    _ => OriginalUNet.Views(_shapes),
                }
            );

    /// <summary>
    /// 2.x base predicts noise and 2.x velocity, with the same shapes. The file's own word counts; without one, the spread of one bias
    /// tells the published models apart.
    /// </summary>
    private PredictionType SecondPrediction()
    {
        const double between = 0.09;
        using var weights = WeightSource.Open(Path);
        if (weights.Metadata.TryGetValue("modelspec.prediction_type", out var said))
            return said.StartsWith('v') ? PredictionType.Velocity : PredictionType.Epsilon;
        var last = _shapes.Count($"{OriginalUNet.Prefix}output_blocks.") - 1;
        var name = $"{OriginalUNet.Prefix}output_blocks.{last}.1.transformer_blocks.0.norm1.bias";
        if (!weights.Contains(name))
            return PredictionType.Epsilon;
        using var scope = NewDisposeScope();
        return weights.Read(name).to(float32).std(unbiased: false).item<float>() > between
            ? PredictionType.Velocity
            : PredictionType.Epsilon;
    }

    private static string? Kind(long channels) =>
        channels switch
        {
            9 => "an inpainting model",
            8 => "an editing model",
            7 => "an upscaler",
            5 => "a depth model",
            _ => null,
        };
}
