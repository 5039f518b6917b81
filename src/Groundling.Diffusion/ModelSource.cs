using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>
/// Where the parts of a Stable Diffusion 1.x or 2.x are read from: a folder in the diffusers layout, or a single file; a VAE and a
/// tokenizer may lie elsewhere.
/// </summary>
public abstract class ModelSource
{
    private const string SingleFileEnding = ".safetensors";
    private VaeSource? _vae;
    private string? _tokenizer;

    private protected ModelSource(string path) => Path = path;

    /// <summary>The folder or file.</summary>
    public string Path { get; }

    /// <summary>What a tokenizer's faults are told of.</summary>
    public abstract string TokenizerPlace { get; }

    /// <summary>Finds out what lies at a path.</summary>
    /// <param name="path">A folder in the diffusers layout, or a safetensors file that holds a whole model.</param>
    /// <param name="vae">
    /// An autoencoder in place of the model's own: a folder with <c>config.json</c>, or a safetensors file; null for the model's.
    /// </param>
    /// <param name="tokenizer">A tokenizer's folder in place of the model's own; null for the model's.</param>
    /// <exception cref="ModelException">There is nothing, or it is another kind of model.</exception>
    /// <exception cref="WeightsException">A file is damaged.</exception>
    public static ModelSource Open(string path, string? vae = null, string? tokenizer = null)
    {
        ModelSource source =
            File.Exists(path) && path.EndsWith(SingleFileEnding, StringComparison.OrdinalIgnoreCase)
                ? SingleFileModel.Open(path)
                : ModelFolder.Open(path);
        (source._vae, source._tokenizer) = (vae is null ? null : VaeSource.Open(vae), tokenizer);
        return source;
    }

    /// <summary>The file that says a part's sizes, for messages.</summary>
    public abstract string Config(string part);

    /// <summary>The tokenizer.</summary>
    /// <exception cref="ModelException">There is none, or a file is malformed.</exception>
    public ClipTokenizer Tokenizer() => _tokenizer is null ? OwnTokenizer() : OpenTokenizer(_tokenizer);

    /// <summary>The text encoder's sizes.</summary>
    /// <exception cref="ModelException">They are another model's, or cannot be read.</exception>
    public abstract TextEncoderConfig TextConfig();

    /// <summary>The autoencoder's sizes.</summary>
    /// <exception cref="ModelException">They are another model's, or cannot be read.</exception>
    public VaeConfig VaeConfig() => _vae?.Config() ?? OwnVaeConfig();

    /// <summary>The UNet's sizes.</summary>
    /// <exception cref="ModelException">They are another model's, or cannot be read.</exception>
    public abstract UNetConfig UNetConfig();

    /// <summary>What is said of noise and predictions; Stable Diffusion's where nothing is.</summary>
    /// <exception cref="ModelException">The schedule is of a kind that is not known, or out of range.</exception>
    public abstract ScheduleConfig Schedule();

    /// <summary>Opens a part's weights: text_encoder, vae or unet.</summary>
    /// <exception cref="ModelException">There are none that can be read safely.</exception>
    /// <exception cref="WeightsException">They are damaged.</exception>
    public WeightSource Weights(string part) => part == "vae" && _vae is not null ? _vae.Weights() : OwnWeights(part);

    private protected abstract ClipTokenizer OwnTokenizer();

    private protected virtual ClipTokenizer OpenTokenizer(string folder) => ClipTokenizer.Open(folder);

    private protected abstract VaeConfig OwnVaeConfig();

    private protected abstract WeightSource OwnWeights(string part);
}
