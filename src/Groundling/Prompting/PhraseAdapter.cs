using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>
/// A small transformer beside the UNet, one block for each of its transformer blocks (Sec. 3.2; paper: EIPA, with its adapter mask head).
/// </summary>
public sealed class PhraseAdapter : Module<IReadOnlyList<MaskPrediction>, MaskPrediction>
{
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<PhraseAdapterBlock> _blocks;

    [ComponentName(Name = "block_logits")]
    private readonly Parameter _blockLogits;

    /// <param name="sites">The UNet's transformer blocks.</param>
    /// <param name="phraseWidth">C_t</param>
    /// <param name="config">Widths, heads, classes.</param>
    public PhraseAdapter(IReadOnlyList<TransformerSite> sites, long phraseWidth, GroundingConfig config)
        : base(nameof(PhraseAdapter))
    {
        MasksAttention = config.AttentionMask;
        MaskShare = config.MaskShare;
        _blocks = new([.. sites.Select(Beside)]);
        _blockLogits = Parameters.Own(zeros(sites.Count, device: CPU));
        RegisterComponents();

        PhraseAdapterBlock Beside(TransformerSite site) =>
            new(phraseWidth, site.Channels, config.AdapterWidth, config.Heads, config.Classes);
    }

    /// <summary>Whether phrases read only where the diffusion head sees them.</summary>
    internal bool MasksAttention { get; }

    /// <summary>The share of its largest value above which a phrase's map may be read.</summary>
    internal double MaskShare { get; }

    /// <summary>The block beside one of the UNet's.</summary>
    internal PhraseAdapterBlock At(TransformerSite site) => _blocks[site.Index];

    /// <summary>The adapter mask head: all blocks in a weighted sum, at the finest block's resolution.</summary>
    /// <param name="blocks">The prediction of every block.</param>
    /// <returns>Mask logits [B, N, h, w] and class logits [B, N, K + 1]; the caller owns them.</returns>
    public override MaskPrediction forward(IReadOnlyList<MaskPrediction> blocks)
    {
        using var scope = NewDisposeScope();
        var weights = _blockLogits.softmax(0);
        var (height, width) = (blocks.Max(block => block.Masks.shape[2]), blocks.Max(block => block.Masks.shape[3]));
        var masks = BlockSum.Of(weights, [.. blocks.Select(block => block.Masks)], height, width);
        var weighted = weights.view(-1, 1, 1, 1) * stack(blocks.Select(block => block.Classes)); // [L, B, N, K + 1]
        var classes = weighted.sum([0]); // a plain 0 would be taken for a type
        return new(masks.MoveToOuterDisposeScope(), classes.MoveToOuterDisposeScope());
    }
}
