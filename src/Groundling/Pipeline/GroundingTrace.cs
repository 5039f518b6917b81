using Groundling.Data;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Prompting;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>Everything one pass makes of a picture and a caption; the caller owns the tensors.</summary>
/// <param name="Letterbox">How the picture lies in the network's input.</param>
/// <param name="Image">[1, 3, H, W] the input, in [-1, 1].</param>
/// <param name="Latents">[1, 4, h, w] scaled mean latents.</param>
/// <param name="Caption">The caption's states.</param>
/// <param name="Prompt">The attention maps of every block, and what the phrases became where the prompts are dynamic.</param>
/// <param name="UNet">The features of every level.</param>
/// <param name="Decoder">The mask decoder's last prediction, [1, N, H/4, W/4] logits; null without trained decoder.</param>
public sealed record GroundingTrace(
    Letterbox Letterbox,
    Tensor Image,
    Tensor Latents,
    CaptionStates Caption,
    PhrasePrompt Prompt,
    UNetOutput UNet,
    MaskPrediction? Decoder
) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Image.Dispose();
        Latents.Dispose();
        Caption.Dispose();
        Prompt.Dispose();
        UNet.Dispose();
        Decoder?.Dispose();
    }
}
