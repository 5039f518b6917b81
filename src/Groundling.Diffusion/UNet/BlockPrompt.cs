using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>
/// What one transformer block's pixels attend to (encoder_hidden_states); the tensors stay with the exchange that gives them.
/// </summary>
/// <param name="States">[B, K, C_t] the context: keys and values of the block's cross-attention.</param>
/// <param name="Readable">The encoder_attention_mask: [B, K] true where a state may be attended to, or null where all may.</param>
public sealed record BlockPrompt(Tensor States, Tensor? Readable = null);
