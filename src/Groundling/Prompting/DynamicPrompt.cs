using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Dynamic prompting: in every block the phrases are read by the pixels, read the pixels in turn, and go on to the next (Sec. 3.2).</summary>
public sealed class DynamicPrompt : PhrasePrompt, IRepeatableExchange
{
    private readonly PhraseAdapter _adapter;
    private readonly (long Height, long Width) _latents;
    private readonly CancellationToken _cancellation;
    private readonly int _firstSite;
    private readonly Tensor _first;
    private readonly Tensor? _nullPhrase, _valid;
    private readonly List<Tensor> _states = [], _prompts = [], _phrases = [], _masks = [], _classes = [];

    /// <param name="adapter">The adapter's blocks.</param>
    /// <param name="phrases">[B, N, C_t] R^0; the caller keeps it, as all tensors, until this object is disposed.</param>
    /// <param name="nullPhrase">[B, C_t], or null where phrases are the only keys.</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null.</param>
    /// <param name="latentHeight">h of the latents.</param>
    /// <param name="latentWidth">w of the latents.</param>
    /// <param name="repeats">Whether UNet blocks run again for the backward pass, to save memory; no heads are kept then.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    public DynamicPrompt(PhraseAdapter adapter, Tensor phrases, Tensor? nullPhrase, Tensor? valid, long latentHeight, long latentWidth,
        bool repeats = false, bool keepHeads = false, CancellationToken cancellation = default)
        : this(adapter, 0, phrases, nullPhrase, valid, latentHeight, latentWidth, repeats, keepHeads && !repeats, cancellation)
    {
    }

    private DynamicPrompt(PhraseAdapter adapter, int firstSite, Tensor phrases, Tensor? nullPhrase, Tensor? valid, long latentHeight, long latentWidth,
        bool repeats, bool keepHeads, CancellationToken cancellation) : base(nullPhrase, valid, latentHeight, latentWidth, keepHeads, cancellation)
    {
        (_adapter, _firstSite, _nullPhrase, _valid, _latents, Repeats, _cancellation) = (adapter, firstSite, nullPhrase, valid, (latentHeight, latentWidth), repeats, cancellation);
        // A block runs again only where one of its inputs has a gradient. The first phrases have none, but the first block is the largest.
        _first = repeats && !phrases.requires_grad ? phrases.detach().requires_grad_().DetachFromDisposeScope() : phrases.alias().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool Repeats { get; }

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
        var inside = flat.gt(flat.amax([2], keepdim: true).Times(share));
        return inside.logical_or(inside.any(2, keepdim: true).logical_not()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override void Attended(TransformerSite site, Tensor pixels, Tensor attention)
    {
        base.Attended(site, pixels, attention);
        using var scope = NewDisposeScope();
        var readable = _adapter.MasksAttention ? Readable(Maps[Place(site)], _adapter.MaskShare) : null;
        var (phrases, masks, classes) = _adapter.At(site).Extract(PhrasesBefore(site), _states[Place(site)], pixels, readable);
        Keep(_phrases, phrases);
        Keep(_masks, ToImage(site, masks));
        Keep(_classes, classes);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Before(TransformerSite site) => [PhrasesBefore(site), .. new[] { _nullPhrase, _valid }.OfType<Tensor>()];

    /// <inheritdoc/>
    public IRepeatableExchange For(TransformerSite site, IReadOnlyList<Tensor> before)
        => new DynamicPrompt(_adapter, site.Index, before[0], _nullPhrase is null ? null : before[1], _valid is null ? null : before[^1],
            _latents.Height, _latents.Width, repeats: false, keepHeads: false, _cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> After(TransformerSite site) => [Maps[Place(site)], _phrases[Place(site)], _masks[Place(site)], _classes[Place(site)]];

    /// <inheritdoc/>
    public void Accept(TransformerSite site, IReadOnlyList<Tensor> after)
    {
        KeepMap(after[0]);
        foreach (var (kept, tensor) in new[] { _phrases, _masks, _classes }.Zip(after.Skip(1))) Keep(kept, tensor);
    }

    /// <inheritdoc/>
    protected override Tensor Prompt(TransformerSite site, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var (state, prompt) = _adapter.At(site).Inject(PhrasesBefore(site), _valid);
        Keep(_states, state);
        Keep(_prompts, WithNullPhrase(prompt));
        return _prompts[^1];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _first.Dispose();
        foreach (var kept in (List<Tensor>[])[_states, _prompts, _phrases, _masks, _classes]) kept.ForEach(tensor => tensor.Dispose());
    }

    private int Place(TransformerSite site) => site.Index - _firstSite;

    private Tensor PhrasesBefore(TransformerSite site) => Place(site) == 0 ? _first : _phrases[Place(site) - 1];

    private static void Keep(List<Tensor> kept, Tensor tensor) => kept.Add(tensor.DetachFromDisposeScope());
}
