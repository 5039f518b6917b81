using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Phrases on their way into a UNet block; the caller owns the tensors.</summary>
/// <param name="State">[B, N, A] at the adapter's width, for <see cref="PhraseAdapterBlock.Extract"/>.</param>
/// <param name="Prompt">[B, N, C_t] R_itm, which the UNet block reads.</param>
public sealed record InjectedPhrases(Tensor State, Tensor Prompt);
