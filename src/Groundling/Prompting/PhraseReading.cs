using Groundling.Decoding;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>What the phrases read of the pixels of one UNet block (Sec. 3.2); the tensors stay with the prompt.</summary>
/// <param name="Phrases">[B, N, C_t] R^l, the phrases as the block leaves them.</param>
/// <param name="Prediction">
/// The adapter mask head's prediction in this block, mask logits [B, N, h_l, w_l] at the block's resolution.
/// </param>
public sealed record PhraseReading(Tensor Phrases, MaskPrediction Prediction);
