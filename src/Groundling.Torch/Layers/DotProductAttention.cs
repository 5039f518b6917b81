using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>Scaled dot-product attention (Vaswani et al. 2017, eq. 1), by whatever is fastest.</summary>
public static class DotProductAttention
{
    /// <summary>softmax(Q K^T / sqrt(d)) V.</summary>
    /// <param name="query">[B, heads, T, d]</param>
    /// <param name="key">[B, heads, S, d]</param>
    /// <param name="value">[B, heads, S, d]</param>
    /// <param name="allowed">Broadcast to [B, heads, T, S], true where a value may be read; null for everywhere.</param>
    /// <returns>[B, heads, T, d]</returns>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? allowed = null) =>
        allowed is not null || !AttentionKernel.Serves(query, key, value)
            ? functional.scaled_dot_product_attention(query, key, value, allowed)
        : is_grad_enabled() ? AttentionFunction.Run(query, key, value)
        : AttentionKernel.Run(query, key, value);
}
