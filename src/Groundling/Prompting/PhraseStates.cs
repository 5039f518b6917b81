using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>The part of a caption's states that prompts the UNet; whoever made it owns the tensors.</summary>
/// <param name="NullPhrase">[C_t] the state of the start-of-text token: what a pixel may attend to that belongs to no phrase.</param>
/// <param name="Phrases">[N, C_t] the mean state of each phrase's tokens, R^0.</param>
public sealed record PhraseStates(Tensor NullPhrase, Tensor Phrases);
