using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>
/// The one seam at which prompts enter the UNet (an attention processor, a hook): it is asked for every block's prompt and told what the
/// block made of it.
/// </summary>
/// <remarks>
/// The transformer blocks run once each in the order of <see cref="UNet.Sites"/>, and in each of them: self-attention;
/// <see cref="PromptFor"/>; cross-attention to that prompt; <see cref="Attended"/> where <see cref="WantsAttention"/> is set; feed-forward.
/// Tensors that are handed over belong to the UNet and vanish with the block unless they are taken out of its dispose scope.
/// </remarks>
public interface IPromptExchange
{
    /// <summary>Whether cross-attention probabilities are to be computed and reported.</summary>
    bool WantsAttention { get; }

    /// <summary>The prompt of one block.</summary>
    /// <param name="site">The block.</param>
    /// <param name="pixels">[B, hw, C] the block's self-attention output, F_itm.</param>
    BlockPrompt PromptFor(TransformerSite site, Tensor pixels);

    /// <summary>What the pixels attended to.</summary>
    /// <param name="site">The block.</param>
    /// <param name="attention">The pixels that were given to <see cref="PromptFor"/>, and their attention.</param>
    void Attended(TransformerSite site, BlockAttention attention) { }

    /// <summary>Whether a block's self-attention probabilities are to be computed and reported: hw x hw numbers.</summary>
    bool WantsSelfAttention(TransformerSite site) => false;

    /// <summary>What the pixels attended to among themselves, before <see cref="PromptFor"/>.</summary>
    /// <param name="site">The block.</param>
    /// <param name="attention">[B, hw, hw] the mean over heads; 1 in sum over the last dimension.</param>
    void SelfAttended(TransformerSite site, Tensor attention) { }

    /// <summary>The output of a whole down, mid or up block, under its path in the standard layout.</summary>
    void BlockDone(string path, Tensor output) { }
}
