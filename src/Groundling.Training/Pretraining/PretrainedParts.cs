using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>What the stages of a pretraining have made, or what the config keeps of another model in their place.</summary>
internal sealed class PretrainedParts
{
    private const string Tokenizer = "tokenizer",
        TextWeights = "model.safetensors",
        DiffusionWeights = "diffusion_pytorch_model.safetensors";
    private readonly PretrainConfig _config;
    private readonly string _folder;
    private readonly ModelFolder? _initial;

    /// <param name="config">Says which stages are trained.</param>
    /// <param name="folder">Where their runs are.</param>
    /// <exception cref="InputException">The model to begin with is none, or its parts do not fit what is to be trained.</exception>
    public PretrainedParts(PretrainConfig config, string folder)
    {
        (_config, _folder) = (config, folder);
        var preset = ModelPreset.All.First(preset => preset.Name == config.Model);
        if (config.Initial.Length > 0)
        {
            _initial = ModelFolder.Open(config.Initial);
            if (!config.TrainsVae)
                preset = preset with { Vae = VaeConfig.Read(_initial.Config("vae")) };
            if (!config.TrainsText)
                preset = preset with { Text = TextEncoderConfig.Read(_initial.Config("text_encoder")) };
            if (BeginsWithUNet)
                preset = preset with { UNet = UNetConfig.Read(_initial.Config("unet")), Prediction = _initial.Schedule().Prediction };
            if (preset.UNet.InChannels != preset.Vae.LatentChannels || preset.UNet.PromptWidth != preset.Text.Width)
                throw new InputException(
                    $"'initial' is {config.Initial}, whose parts are of other sizes than the UNet of '{config.Model}'; choose another model, or train all stages"
                );
        }
        Preset = preset;
    }

    /// <summary>The sizes, those of kept parts included.</summary>
    public ModelPreset Preset { get; }

    /// <summary>The vocabulary's folder.</summary>
    public string TokenizerPath => _config.TrainsText ? Path.Combine(_folder, Tokenizer) : _initial!.TokenizerPlace;

    /// <summary>
    /// Whether the UNet's first weights are those of the model to begin with: only where all that it reads is that model's, too.
    /// </summary>
    public bool BeginsWithUNet => _initial is not null && !_config.TrainsVae && !_config.TrainsText;

    /// <summary>What marks the autoencoder, so that another one's latents are not taken for its own.</summary>
    public ContentMark VaeMark() => ContentMark.OfFiles(_folder, VaeFiles());

    /// <summary>What marks the frozen parts that the UNet is trained with.</summary>
    public ContentMark FrozenMark() =>
        ContentMark.OfFiles(_folder, [.. VaeFiles(), .. _config.TrainsText ? [Best("text", TextWeights)] : Files("text_encoder")]);

    /// <summary>What marks the UNet to begin with; null where it begins with nothing.</summary>
    public ContentMark? InitialMark() => BeginsWithUNet ? ContentMark.OfFiles(_initial!.Path, Files("unet")) : null;

    /// <summary>The vocabulary.</summary>
    public ClipTokenizer OpenTokenizer() => ClipTokenizer.Open(TokenizerPath);

    /// <summary>The text encoder, frozen.</summary>
    /// <param name="place">Where it is wanted.</param>
    public TextEncoder OpenText(ComputeDevice place) =>
        Open(
                new TextEncoder(Preset.Text),
                _config.TrainsText ? WeightsOf("text", TextWeights) : _initial!.Weights("text_encoder"),
                TextEncoder.Keys
            )
            .to(place.Device);

    /// <summary>The autoencoder, frozen.</summary>
    /// <param name="place">Where it is wanted.</param>
    /// <param name="scalingFactor">The factor that was measured for it; null for the one that it came with.</param>
    public Vae OpenVae(ComputeDevice place, double? scalingFactor = null) =>
        Open(
                new Vae(Preset.Vae with { ScalingFactor = scalingFactor ?? Preset.Vae.ScalingFactor }),
                _config.TrainsVae ? WeightsOf("vae", DiffusionWeights) : _initial!.Weights("vae"),
                Vae.Keys
            )
            .to(place.Device);

    /// <summary>The UNet to begin with; null where it begins with nothing.</summary>
    public UNet? OpenInitialUNet() => BeginsWithUNet ? Open(new UNet(Preset.UNet), _initial!.Weights("unet"), KeyMap.Identity) : null;

    /// <summary>The trained UNet.</summary>
    public UNet OpenUNet() => Open(new UNet(Preset.UNet), WeightsOf("diffusion", DiffusionWeights), KeyMap.Identity);

    private static T Open<T>(T module, WeightSource weights, KeyMap keys)
        where T : Module
    {
        using (weights)
            module.LoadExactly(weights, keys);
        return module.Freeze(Rearrangement.None);
    }

    private WeightSource WeightsOf(string stage, string name)
    {
        var path = Best(stage, name);
        return File.Exists(path)
            ? WeightSource.Open(path)
            : throw new InputException($"{path} is missing; train the stages in their order: vae, text, diffusion");
    }

    private string Best(string stage, string name) => Path.Combine(_folder, stage, "checkpoints", "best", name);

    private IEnumerable<string> VaeFiles() => _config.TrainsVae ? [Best("vae", DiffusionWeights)] : Files("vae");

    private IEnumerable<string> Files(string part) =>
        Directory.EnumerateFiles(Path.Combine(_initial!.Path, part)).Order(StringComparer.Ordinal);
}
