using Groundling.Torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>A frozen Stable Diffusion 1.x or 2.x: text encoder, autoencoder and UNet, opened from a folder.</summary>
public sealed class StableDiffusion : IDisposable
{
    private StableDiffusion(string path, ClipTokenizer tokenizer, TextEncoder text, Vae vae, UNet unet, PredictionType prediction, NoiseSchedule schedule)
        => (Path, Tokenizer, Text, Vae, UNet, Prediction, Schedule) = (path, tokenizer, text, vae, unet, prediction, schedule);

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

    /// <summary>Opens a folder in the diffusers layout; float32 weights stay in the files and are read as they are used.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="rearrangement">How far weights are rearranged for speed as they are first used.</param>
    /// <param name="begin">Called as each of text_encoder, vae and unet begins, by that name; what it throws ends the opening.</param>
    /// <exception cref="EngineException">There is no libtorch, or it cannot be loaded.</exception>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    /// <exception cref="WeightsException">A weight file is damaged or does not fit its config.</exception>
    public static StableDiffusion Open(string path, Rearrangement rearrangement = Rearrangement.ManyPasses, Action<string>? begin = null)
    {
        var folder = ModelFolder.Open(path);
        EngineException.ThrowIfUnavailable();
        var tokenizer = ClipTokenizer.Open(folder.Tokenizer);
        var textConfig = TextEncoderConfig.Read(folder.Config("text_encoder"));
        var vaeConfig = VaeConfig.Read(folder.Config("vae"));
        var unetConfig = UNetConfig.Read(folder.Config("unet"));
        if (TokenizerMismatch(folder, tokenizer, textConfig) is { } tokens) throw new ModelException(tokens);
        if (PromptMismatch(folder, textConfig, unetConfig) is { } prompts) throw new ModelException(prompts);
        if (LatentMismatch(folder, vaeConfig, unetConfig) is { } latents) throw new ModelException(latents);
        var (schedule, prediction) = folder.Schedule();
        TextEncoder? text = null;
        Vae? vae = null;
        try
        {
            begin?.Invoke("text_encoder");
            text = Load(folder, "text_encoder", new TextEncoder(textConfig), TextEncoder.Keys).Freeze(Rearrangement.None);
            begin?.Invoke("vae");
            vae = Load(folder, "vae", new Vae(vaeConfig), Vae.Keys).Freeze(rearrangement);
            begin?.Invoke("unet");
            var unet = Load(folder, "unet", new UNet(unetConfig), KeyMap.Identity).Freeze(rearrangement);
            return new(path, tokenizer, text, vae, unet, prediction, schedule);
        }
        catch
        {
            text?.Dispose();
            vae?.Dispose();
            throw;
        }
    }

    /// <summary>What to say of texts with words that the text encoder never read; null where there are none, or where that is not known (<see cref="ClipTokenizer.IsClosed"/>).</summary>
    public string? UnreadWords(IEnumerable<string> texts)
    {
        var words = texts.SelectMany(Tokenizer.UnreadWords).Distinct().Select(word => $"'{word}'").ToList();
        return words.Count == 0 ? null : $"{ModelFolder.NameOf(Path)} never read {string.Join(", ", words)}: what comes of such words means little";
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose()
    {
        Text.Dispose();
        Vae.Dispose();
        UNet.Dispose();
    }

    /// <summary>Why the tokenizer cannot feed the text encoder, or null where it can.</summary>
    internal static string? TokenizerMismatch(ModelFolder folder, ClipTokenizer tokenizer, TextEncoderConfig text) => tokenizer.LargestToken < text.VocabularySize ? null
        : $"{folder.Tokenizer}: has token {tokenizer.LargestToken}, but the text encoder knows only 0 to {text.VocabularySize - 1}; the parts are of different models";

    /// <summary>Why the UNet cannot read the text encoder's states, or null where it can.</summary>
    internal static string? PromptMismatch(ModelFolder folder, TextEncoderConfig text, UNetConfig unet) => unet.PromptWidth == text.Width ? null
        : $"{folder.Config("unet")}: 'cross_attention_dim' is {unet.PromptWidth}, but the text encoder's hidden_size is {text.Width}; the parts are of different models";

    /// <summary>Why the UNet cannot read the autoencoder's latents, or null where it can.</summary>
    internal static string? LatentMismatch(ModelFolder folder, VaeConfig vae, UNetConfig unet) => unet.InChannels == vae.LatentChannels ? null
        : $"{folder.Config("unet")}: 'in_channels' is {unet.InChannels}, but the autoencoder's latent_channels is {vae.LatentChannels}; the parts are of different models";

    private static T Load<T>(ModelFolder folder, string part, T module, KeyMap keys) where T : Module
    {
        try
        {
            using var weights = folder.Weights(part);
            module.LoadExactly(weights, keys, $"Is {folder.Config(part)} the one these weights came with?");
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }
}
