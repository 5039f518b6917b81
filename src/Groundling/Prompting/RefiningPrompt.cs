using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Static prompting that also notes which pixels of the finest blocks attend to each other.</summary>
internal sealed class RefiningPrompt : PhrasePrompt, IPromptExchange
{
    private readonly Tensor _prompt; // [B, 1 + N, Ct]
    private readonly int _finest;
    private readonly Tensor? _sum; // where somebody walks
    private int _count;

    /// <param name="input">Latents and phrases; the caller keeps them until the pass has ended.</param>
    /// <param name="finest">The stride of the blocks whose self-attention is noted.</param>
    /// <param name="notes">Whether it is noted at all: (hw)^2 numbers for each such block.</param>
    public RefiningPrompt(GroundingInput input, int finest, bool notes = true)
        : base(input, nullPhrase: true, keepHeads: false)
    {
        (_prompt, _finest) = (Keep(WithNullPhrase(input.Phrases)), finest);
        if (!notes)
            return;
        var cells = LatentSize.Height / finest * (LatentSize.Width / finest);
        _sum = Keep(zeros(input.Latents.shape[0], cells, cells, dtype: float32, device: input.Latents.device));
    }

    /// <summary>[B, hw, hw] the mean self-attention of the finest blocks; the caller owns it.</summary>
    public Tensor MeanSelfAttention() =>
        _sum?.Over(Math.Max(_count, 1)) ?? throw new InvalidOperationException("self-attention was not noted");

    /// <inheritdoc/>
    bool IPromptExchange.WantsSelfAttention(TransformerSite site) => _sum is not null && site.Stride == _finest;

    /// <inheritdoc/>
    void IPromptExchange.SelfAttended(TransformerSite site, Tensor attention)
    {
        using var scope = NewDisposeScope();
        _sum!.PlusInPlace(attention.to(float32));
        _count++;
    }

    private protected override Tensor Inject(TransformerSite site) => _prompt;

    private protected override void Extract(TransformerSite site, Tensor pixels, Tensor map) { }
}
