using Groundling.Diffusion;
using Groundling.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Static prompting: every block's pixels read the same phrases, R^0, and the phrases read nothing (Sec. 3.1).</summary>
public sealed class StaticPrompt : PhrasePrompt
{
    private readonly Tensor _prompt; // [B, 1 + N, Ct]

    /// <param name="input">Latents and phrases; the caller keeps them until the pass has ended.</param>
    /// <param name="nullPhrase">Whether pixels may attend to none of the phrases.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    public StaticPrompt(GroundingInput input, bool nullPhrase = true, bool keepHeads = false)
        : base(input, nullPhrase, keepHeads) => _prompt = Keep(WithNullPhrase(input.Phrases));

    private protected override Tensor Inject(TransformerSite site) => _prompt;

    private protected override void Extract(TransformerSite site, Tensor pixels, Tensor map) { }
}
