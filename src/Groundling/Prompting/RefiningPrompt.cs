using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Static prompting that also notes which pixels of some blocks attend to each other.</summary>
internal sealed class RefiningPrompt : PhrasePrompt, IPromptExchange
{
    private readonly Tensor _prompt; // [B, 1 + N, Ct]
    private readonly int _stride;
    private readonly Func<TransformerSite, bool>? _noted;
    private readonly Tensor? _sum; // where somebody walks
    private int _count;

    /// <param name="input">Latents and phrases; the caller keeps them until the pass has ended.</param>
    /// <param name="stride">The stride of the blocks that may be noted.</param>
    /// <param name="noted">The blocks of that stride whose self-attention is noted, (hw)^2 numbers for each; null for none.</param>
    public RefiningPrompt(GroundingInput input, int stride, Func<TransformerSite, bool>? noted)
        : base(input, nullPhrase: true, keepHeads: false)
    {
        (_prompt, _stride, _noted) = (Keep(WithNullPhrase(input.Phrases)), stride, noted);
        if (noted is null)
            return;
        var cells = LatentSize.Height / stride * (LatentSize.Width / stride);
        _sum = Keep(zeros(input.Latents.shape[0], cells, cells, dtype: float32, device: input.Latents.device));
    }

    /// <summary>[B, hw, hw] the mean self-attention of the noted blocks; the caller owns it.</summary>
    /// <exception cref="ModelException">The UNet has no such block.</exception>
    public Tensor MeanSelfAttention()
    {
        if (_sum is null)
            throw new InvalidOperationException("self-attention was not noted");
        return _count > 0
            ? _sum.Over(_count)
            : throw new ModelException("the UNet has no transformer block whose self-attention is asked for");
    }

    /// <inheritdoc/>
    bool IPromptExchange.WantsSelfAttention(TransformerSite site) => site.Stride == _stride && _noted?.Invoke(site) == true;

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
