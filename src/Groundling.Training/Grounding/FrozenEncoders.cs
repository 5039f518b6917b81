using System.Security.Cryptography;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The frozen text encoder and VAE encoder, with a memory on disk of what they have made.</summary>
/// <remarks>
/// Pictures and captions are encoded one at a time, so that what is made does not depend on a batch, and is kept in float32: a run with a
/// cache does exactly what one without does.
/// </remarks>
/// <param name="diffusion">The frozen model; the caller keeps it.</param>
/// <param name="mark">A mark of its weights.</param>
/// <param name="cache">Where to keep what was made; null keeps nothing.</param>
public sealed class FrozenEncoders(StableDiffusion diffusion, string mark, TensorCache? cache)
{
    private readonly PhraseEncoder _phrases = new(diffusion.Tokenizer, diffusion.Text);

    /// <summary>The frozen model.</summary>
    public StableDiffusion Diffusion => diffusion;

    /// <summary>Where it lies, and what it makes.</summary>
    public Device Device => diffusion.Place.Device;

    /// <summary>Reads a picture as far as is needed; safe on any thread.</summary>
    /// <param name="picturePath">The picture's file.</param>
    /// <param name="caption">Its caption, not mirrored.</param>
    /// <param name="letterbox">How it lies in the network's input.</param>
    /// <param name="mirrored">Whether picture and caption are mirrored.</param>
    /// <exception cref="InputException">The picture cannot be read, or has another size.</exception>
    public NarrativeSource Read(string picturePath, Caption caption, Letterbox letterbox, bool mirrored)
    {
        var shown = mirrored ? caption.Mirrored() : caption;
        var file = ReadFile(picturePath);
        var latentsKey = TensorCache.Key(
            "latents",
            mark,
            Convert.ToHexStringLower(SHA256.HashData(file)),
            letterbox.ToString(),
            mirrored ? "mirrored" : ""
        );
        var phrasesKey = TensorCache.Key([
            "phrases",
            mark,
            shown.Text,
            .. shown.Phrases.Select(phrase => $"{phrase.Start}+{phrase.Length}"),
        ]);
        var latents = cache?.Read(latentsKey);
        return new(
            shown,
            letterbox,
            latents is null ? Pixels(file, picturePath, letterbox, mirrored) : null,
            latentsKey,
            latents,
            phrasesKey,
            cache?.Read(phrasesKey)
        );
    }

    /// <summary>Encodes what is not known yet, and keeps it.</summary>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="InputException">A phrase has no token.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public EncodedNarrative Encode(NarrativeSource source)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var phrases = source.Phrases?.ToTensor().Sent(Device) ?? EncodeCaption(source); // [1 + N, Ct]
        var latents = source.Latents?.ToTensor().Sent(Device) ?? EncodePicture(source); // [4, h, w]
        return new(latents.MoveToOuterDisposeScope(), new(phrases[0].MoveToOuterDisposeScope(), phrases[1..].MoveToOuterDisposeScope()));
    }

    private Tensor EncodeCaption(NarrativeSource source)
    {
        var (nullPhrase, phrases) = _phrases.Encode(source.Caption).ForPrompt;
        var both = cat([nullPhrase.unsqueeze(0), phrases], 0);
        cache?.Write(source.PhrasesKey, both);
        return both;
    }

    private Tensor EncodePicture(NarrativeSource source)
    {
        var image = tensor(source.Pixels!, [1, 3, source.Letterbox.Height, source.Letterbox.Width], device: CPU).Sent(Device);
        var latents = diffusion.Vae.Encode(image).squeeze(0).contiguous();
        cache?.Write(source.LatentsKey, latents);
        return latents;
    }

    private static float[] Pixels(byte[] file, string path, Letterbox letterbox, bool mirrored)
    {
        var picture = Picture.Decode(file, path);
        if ((picture.Width, picture.Height) != (letterbox.SourceWidth, letterbox.SourceHeight))
            throw new InputException(
                $"{path} is {picture.Width} x {picture.Height}, its annotation {letterbox.SourceWidth} x {letterbox.SourceHeight}; get the right picture"
            );
        return letterbox.ToNetwork(mirrored ? picture.Mirrored() : picture);
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }
}
