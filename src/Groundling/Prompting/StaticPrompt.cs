using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Static prompting: every block reads the same phrases, and its attention maps are kept (Sec. 3.1).</summary>
public sealed class StaticPrompt : PhrasePrompt
{
    private readonly Tensor _prompt;

    /// <param name="phrases">[B, N, C_t]</param>
    /// <param name="nullPhrase">[B, C_t], or null where phrases are the only keys.</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null.</param>
    /// <param name="latentHeight">h of the latents.</param>
    /// <param name="latentWidth">w of the latents.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    public StaticPrompt(Tensor phrases, Tensor? nullPhrase, Tensor? valid, long latentHeight, long latentWidth, bool keepHeads = false, CancellationToken cancellation = default)
        : base(nullPhrase, valid, latentHeight, latentWidth, keepHeads, cancellation)
    {
        _prompt = WithNullPhrase(phrases).DetachFromDisposeScope();            // [B, 1 + N, Ct]
    }

    /// <inheritdoc/>
    protected override Tensor Prompt(TransformerSite site, Tensor pixels) => _prompt;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _prompt.Dispose();
    }
}
