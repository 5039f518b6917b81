using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>A frozen Stable Diffusion 1.x or 2.x: text encoder, autoencoder and UNet, opened from a folder or a file.</summary>
public sealed class StableDiffusion : IDisposable
{
    private StableDiffusion(
        string path,
        ClipTokenizer tokenizer,
        TextEncoder text,
        Vae vae,
        UNet unet,
        PredictionType prediction,
        NoiseSchedule schedule,
        ComputeDevice place
    ) => (Path, Tokenizer, Text, Vae, UNet, Prediction, Schedule, Place) = (path, tokenizer, text, vae, unet, prediction, schedule, place);

    /// <summary>Where its weights lie and are computed with.</summary>
    public ComputeDevice Place { get; }

    /// <summary>The folder it came from.</summary>
    public string Path { get; }

    /// <summary>Text to tokens.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>Tokens to states.</summary>
    public TextEncoder Text { get; }

    /// <summary>Pictures to latents and back.</summary>
    public Vae Vae { get; }

    /// <summary>Latents and prompts to features and attention.</summary>
    public UNet UNet { get; }

    /// <summary>What the UNet's output means.</summary>
    public PredictionType Prediction { get; }

    /// <summary>How noise grows with time.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>
    /// Opens a folder in the diffusers layout, or a single file that holds a whole model; float32 weights stay where they lie.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="rearrangement">How far weights are rearranged for speed as they are first used.</param>
    /// <param name="begin">Called as each of text_encoder, vae and unet begins, by that name; what it throws ends the opening.</param>
    /// <param name="vae">As in <see cref="ModelSource.Open"/>.</param>
    /// <param name="tokenizer">As in <see cref="ModelSource.Open"/>.</param>
    /// <param name="place">
    /// Where it computes; the CPU where null. Weights that lie on a card have been read as a whole, and are never rearranged.
    /// </param>
    /// <param name="packed">
    /// The folder in which rearranged weights are kept between processes, such as <see cref="PackCache.DefaultRoot"/>; null for none.
    /// </param>
    /// <exception cref="EngineException">There is no libtorch, or it cannot be loaded.</exception>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    /// <exception cref="WeightsException">A weight file is damaged or does not fit its config.</exception>
    public static StableDiffusion Open(
        string path,
        Rearrangement rearrangement = Rearrangement.ManyPasses,
        Action<string>? begin = null,
        string? vae = null,
        string? tokenizer = null,
        ComputeDevice? place = null,
        string? packed = null
    )
    {
        place ??= ComputeDevice.Cpu;
        if (!place.IsCpu)
            rearrangement = Rearrangement.None;
        var source = ModelSource.Open(path, vae, tokenizer);
        if (place.Precision == ComputePrecision.Int8 && !QuantizedModel.IsQuantized(path))
            throw new ModelException(
                $"{path}: precision int8 needs a quantized model, and this is none; make one with: groundling quantize {path} --data DATA --out DIR"
            );
        EngineException.ThrowIfUnavailable();
        var tokens = source.Tokenizer();
        var textConfig = source.TextConfig();
        var vaeConfig = source.VaeConfig();
        var unetConfig = source.UNetConfig();
        if (TokenizerMismatch(source, tokens, textConfig) is { } ids)
            throw new ModelException(ids);
        if (PromptMismatch(source, textConfig, unetConfig) is { } prompts)
            throw new ModelException(prompts);
        if (LatentMismatch(source, vaeConfig, unetConfig) is { } latents)
            throw new ModelException(latents);
        var (schedule, prediction) = source.Schedule();
        var files = new HashSet<string>();
        TextEncoder? text = null;
        Vae? autoencoder = null;
        try
        {
            begin?.Invoke("text_encoder");
            text = Load(source, "text_encoder", new TextEncoder(textConfig), TextEncoder.Keys, place, files);
            begin?.Invoke("vae");
            autoencoder = Load(source, "vae", new Vae(vaeConfig), Vae.Keys, place, files);
            begin?.Invoke("unet");
            var unet = Load(source, "unet", new UNet(unetConfig), KeyMap.Identity, place, files).Suit(place);
            var cache = packed is null ? null : PackCache.For(packed, files);
            text.Freeze(rearrangement, cache, "text_encoder");
            autoencoder.Freeze(rearrangement, cache, "vae");
            return new(path, tokens, text, autoencoder, unet.Freeze(rearrangement, cache, "unet"), prediction, schedule, place);
        }
        catch
        {
            text?.Dispose();
            autoencoder?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What to say of texts with words that the text encoder never read; null where there are none, or where that is not known
    /// (<see cref="ClipTokenizer.UnreadWords"/>).
    /// </summary>
    public string? UnreadWords(IEnumerable<string> texts)
    {
        var words = texts.SelectMany(Tokenizer.UnreadWords).Distinct().Select(word => $"'{word}'").ToList();
        return words.Count == 0
            ? null
            : $"{ModelFolder.NameOf(Path)} never read {string.Join(", ", words)}: what comes of such words means little";
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose()
    {
        Text.Dispose();
        Vae.Dispose();
        UNet.Dispose();
    }

    /// <summary>Why the tokenizer cannot feed the text encoder, or null where it can.</summary>
    internal static string? TokenizerMismatch(ModelSource source, ClipTokenizer tokenizer, TextEncoderConfig text) =>
        tokenizer.LargestToken < text.VocabularySize
            ? null
            : $"{source.TokenizerPlace}: has token {tokenizer.LargestToken}, but the text encoder knows only 0 to {text.VocabularySize - 1}; the parts are of different models";

    /// <summary>Why the UNet cannot read the text encoder's states, or null where it can.</summary>
    internal static string? PromptMismatch(ModelSource source, TextEncoderConfig text, UNetConfig unet) =>
        unet.PromptWidth == text.Width
            ? null
            : $"{source.Config("unet")}: 'cross_attention_dim' is {unet.PromptWidth}, but the text encoder's hidden_size is {text.Width}; the parts are of different models";

    /// <summary>Why the UNet cannot read the autoencoder's latents, or null where it can.</summary>
    internal static string? LatentMismatch(ModelSource source, VaeConfig vae, UNetConfig unet) =>
        unet.InChannels == vae.LatentChannels
            ? null
            : $"{source.Config("unet")}: 'in_channels' is {unet.InChannels}, but the autoencoder's latent_channels is {vae.LatentChannels}; the parts are of different models";

    private static T Load<T>(ModelSource source, string part, T module, KeyMap keys, ComputeDevice place, HashSet<string> files)
        where T : Module
    {
        try
        {
            using var weights = source.Weights(part);
            files.UnionWith(weights.Files);
            var integers = place.Precision == ComputePrecision.Int8;
            module.LoadExactly(weights, keys, $"Is {source.Config(part)} the one these weights came with?", integers);
            if (!place.IsCpu)
                module.to(place.Device);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }
}
