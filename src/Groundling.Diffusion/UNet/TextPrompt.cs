using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>The same states as the prompt of every block: ordinary text conditioning.</summary>
/// <param name="states">[B, K, C_t]; the caller keeps it.</param>
/// <param name="mask">[B, K] true where a state may be attended to, or null.</param>
public sealed class TextPrompt(Tensor states, Tensor? mask = null) : IPromptExchange
{
    /// <inheritdoc/>
    public bool WantsAttention => false;

    /// <inheritdoc/>
    public BlockPrompt PromptFor(TransformerSite site, Tensor pixels) => new(states, mask);
}
