using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>Dynamic prompting: in every block the phrases are read by the pixels, read the pixels in turn, and go on to the next (Sec. 3.2).</summary>
public sealed class DynamicPrompt : PhrasePrompt
{
    private readonly PhraseAdapter _adapter;
    private readonly Tensor _first;
    private readonly Tensor? _valid;
    private readonly List<Tensor> _states = [], _prompts = [], _phrases = [], _masks = [], _classes = [];

    /// <param name="adapter">The adapter's blocks.</param>
    /// <param name="phrases">[B, N, C_t] R^0; the caller keeps it until this object is disposed.</param>
    /// <param name="nullPhrase">[B, C_t], or null where phrases are the only keys.</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null; the caller keeps it.</param>
    /// <param name="latentHeight">h of the latents.</param>
    /// <param name="latentWidth">w of the latents.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    public DynamicPrompt(PhraseAdapter adapter, Tensor phrases, Tensor? nullPhrase, Tensor? valid, long latentHeight, long latentWidth, CancellationToken cancellation = default)
        : base(nullPhrase, valid, latentHeight, latentWidth, cancellation)
        => (_adapter, _first, _valid) = (adapter, phrases, valid);

    /// <summary>[B, N, C_t] the phrases as each block left them, R^1 to R^L.</summary>
    public IReadOnlyList<Tensor> Phrases => _phrases;

    /// <summary>The adapter's own prediction in every block, mask logits [B, N, h_l, w_l] at the block's resolution.</summary>
    public IReadOnlyList<MaskPrediction> Predictions => [.. _masks.Zip(_classes, (masks, classes) => new MaskPrediction(masks, classes))];

    /// <summary>Where each phrase may read: its map, as a share of its largest value. A map that is nowhere above zero may be read everywhere.</summary>
    /// <param name="map">[B, N, ...] one block's map, 0 to 1.</param>
    /// <param name="share">0 to 1.</param>
    /// <returns>[B, N, hw] without a gradient; the caller owns it.</returns>
    public static Tensor Readable(Tensor map, double share)
    {
        using var scope = NewDisposeScope();
        var flat = map.detach().flatten(2);
        var inside = flat.gt(share * flat.amax([2], keepdim: true));
        return inside.logical_or(inside.any(2, keepdim: true).logical_not()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override void Attended(TransformerSite site, Tensor pixels, Tensor attention)
    {
        base.Attended(site, pixels, attention);
        using var scope = NewDisposeScope();
        var readable = _adapter.MasksAttention ? Readable(Maps[site.Index], _adapter.MaskShare) : null;
        var (phrases, masks, classes) = _adapter.At(site).Extract(Before(site), _states[site.Index], pixels, readable);
        Keep(_phrases, site, phrases);
        Keep(_masks, site, ToImage(site, masks));
        Keep(_classes, site, classes);
    }

    /// <inheritdoc/>
    protected override Tensor Prompt(TransformerSite site, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var (state, prompt) = _adapter.At(site).Inject(Before(site), _valid);
        Keep(_states, site, state);
        Keep(_prompts, site, WithNullPhrase(prompt));
        return _prompts[site.Index];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        foreach (var kept in (List<Tensor>[])[_states, _prompts, _phrases, _masks, _classes]) kept.ForEach(tensor => tensor.Dispose());
    }

    private Tensor Before(TransformerSite site) => site.Index == 0 ? _first : _phrases[site.Index - 1];
}
