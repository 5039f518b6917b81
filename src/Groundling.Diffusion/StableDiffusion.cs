using Groundling.Torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>A frozen Stable Diffusion 1.x or 2.x: text encoder, autoencoder and UNet, opened from a folder.</summary>
public sealed class StableDiffusion : IDisposable
{
    private StableDiffusion(string path, ClipTokenizer tokenizer, TextEncoder text, Vae vae, UNet unet, PredictionType prediction)
        => (Path, Tokenizer, Text, Vae, UNet, Prediction) = (path, tokenizer, text, vae, unet, prediction);

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

    /// <summary>Opens a folder in the diffusers layout; float32 weights stay in the files and are read as they are used.</summary>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    /// <exception cref="WeightsException">A weight file is damaged or does not fit its config.</exception>
    public static StableDiffusion Open(string path)
    {
        var folder = ModelFolder.Open(path);
        var tokenizer = ClipTokenizer.Open(folder.Tokenizer);
        var textConfig = TextEncoderConfig.Read(folder.Config("text_encoder"));
        var vaeConfig = VaeConfig.Read(folder.Config("vae"));
        var unetConfig = UNetConfig.Read(folder.Config("unet"));
        if (unetConfig.PromptWidth != textConfig.Width)
            throw new ModelException($"{folder.Config("unet")}: 'cross_attention_dim' is {unetConfig.PromptWidth}, but the text encoder's hidden_size is {textConfig.Width}; the parts are of different models");
        if (Math.Max(tokenizer.StartToken, tokenizer.EndToken) >= textConfig.VocabularySize)
            throw new ModelException($"{folder.Tokenizer}: has token {Math.Max(tokenizer.StartToken, tokenizer.EndToken)}, but the text encoder knows {textConfig.VocabularySize}; the parts are of different models");
        var prediction = folder.Prediction();
        var text = Load(folder, "text_encoder", new TextEncoder(textConfig), TextEncoder.Keys).Freeze(rearrange: false);
        var vae = Load(folder, "vae", new Vae(vaeConfig), Vae.Keys).Freeze();
        var unet = Load(folder, "unet", new UNet(unetConfig), KeyMap.Identity).Freeze();
        return new(path, tokenizer, text, vae, unet, prediction);
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose()
    {
        Text.Dispose();
        Vae.Dispose();
        UNet.Dispose();
    }

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
