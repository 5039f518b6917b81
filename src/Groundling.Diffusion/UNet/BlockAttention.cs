using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>How one transformer block's pixels attended to their prompt; the tensors belong to the UNet.</summary>
/// <param name="Pixels">[B, hw, C] F_itm, what asked: the block's self-attention output.</param>
/// <param name="Probabilities">[B, heads, hw, K] A, the cross-attention's softmax: 1 in sum over K.</param>
public sealed record BlockAttention(Tensor Pixels, Tensor Probabilities);
