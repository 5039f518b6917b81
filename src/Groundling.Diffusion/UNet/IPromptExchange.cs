using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>The one seam at which prompts enter the UNet: it is asked for every block's prompt and told what the block made of it.</summary>
/// <remarks>
/// In each transformer block, in order: self-attention; <see cref="PromptFor"/>; cross-attention to that prompt; <see cref="Attended"/>
/// where <see cref="WantsAttention"/> is set; feed-forward. Tensors that are handed over belong to the UNet and vanish with the block
/// unless they are taken out of its dispose scope; tensors that are returned stay with the exchange.
/// </remarks>
public interface IPromptExchange
{
    /// <summary>Whether cross-attention probabilities are to be computed and reported.</summary>
    bool WantsAttention { get; }

    /// <summary>[B, K] true where a prompt's state may be attended to, or null where all may.</summary>
    Tensor? PromptMask { get; }

    /// <summary>The prompt of one block.</summary>
    /// <param name="site">The block.</param>
    /// <param name="pixels">[B, hw, C] the block's self-attention output, F_itm.</param>
    /// <returns>[B, K, C_t]</returns>
    Tensor PromptFor(TransformerSite site, Tensor pixels);

    /// <summary>What the pixels attended to.</summary>
    /// <param name="site">The block.</param>
    /// <param name="pixels">[B, hw, C] as in <see cref="PromptFor"/>.</param>
    /// <param name="attention">[B, heads, hw, K] probabilities, 1 in sum over K.</param>
    void Attended(TransformerSite site, Tensor pixels, Tensor attention) { }

    /// <summary>The output of a whole down, mid or up block, under its path in the standard layout.</summary>
    void BlockDone(string path, Tensor output) { }
}
