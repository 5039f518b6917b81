using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Phrases that have read a UNet block's pixels; the caller owns the tensors.</summary>
/// <param name="Phrases">[B, N, C_t] R^l</param>
/// <param name="Masks">[B, N, hw] the adapter mask head's logits.</param>
/// <param name="Classes">[B, N, K + 1] its class logits, "no class" last.</param>
public sealed record ExtractedPhrases(Tensor Phrases, Tensor Masks, Tensor Classes);
