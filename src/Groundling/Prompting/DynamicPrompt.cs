using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>
/// Dynamic prompting: in every block the pixels read the phrases, the phrases read the pixels in turn, and go on to the next (Sec. 3.2).
/// </summary>
public sealed class DynamicPrompt : PhrasePrompt
{
    private readonly PhraseAdapter _adapter;
    private readonly Tensor? _valid;
    private readonly List<PhraseReading> _phraseReadings = [];
    private InjectedPhrases? _injected; // of the block that runs

    /// <param name="adapter">The adapter's blocks.</param>
    /// <param name="input">Latents and phrases; the caller keeps them until the pass has ended.</param>
    /// <param name="nullPhrase">Whether pixels may attend to none of the phrases.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    public DynamicPrompt(PhraseAdapter adapter, GroundingInput input, bool nullPhrase = true, bool keepHeads = false)
        : this(adapter, input, nullPhrase, keepHeads, firstBlock: 0) { }

    /// <summary>A pass that begins at a block of the UNet, with the phrases as the block before left them.</summary>
    internal DynamicPrompt(PhraseAdapter adapter, GroundingInput input, bool nullPhrase, bool keepHeads, int firstBlock)
        : base(input, nullPhrase, keepHeads, firstBlock) =>
        (_adapter, _valid, Phrases) = (adapter, input.Valid, Keep(input.Phrases.alias()));

    /// <summary>What the phrases of every block read, in the blocks' order.</summary>
    public IReadOnlyList<PhraseReading> PhraseReadings => _phraseReadings;

    /// <summary>[B, N, C_t] the phrases as they are now: R^l after block l, R^0 before the first.</summary>
    public Tensor Phrases { get; private set; }

    /// <summary>
    /// Where each phrase may read: its map, as a share of its largest value. A map that is nowhere above zero may be read everywhere.
    /// </summary>
    /// <param name="map">[B, N, ...] one block's map, 0 to 1.</param>
    /// <param name="share">0 to 1.</param>
    /// <returns>[B, N, hw] M^l, without a gradient; the caller owns it.</returns>
    public static Tensor Readable(Tensor map, double share)
    {
        using var scope = NewDisposeScope();
        var flat = map.detach().flatten(2);
        var inside = flat.gt(flat.amax([2], keepdim: true).Times(share));
        return inside.logical_or(inside.any(2, keepdim: true).logical_not()).MoveToOuterDisposeScope();
    }

    private protected override Tensor Inject(TransformerSite site)
    {
        var (state, prompt) = _adapter.At(site).Inject(Phrases, _valid); // R_itm
        _injected = new(Keep(state), prompt);
        return Keep(WithNullPhrase(prompt));
    }

    private protected override void Extract(TransformerSite site, Tensor pixels, Tensor map)
    {
        var readable = _adapter.MasksAttention ? Readable(map, _adapter.MaskShare) : null; // M^l
        var read = _adapter.At(site).Extract(Phrases, _injected!, pixels, readable); // R^l
        Add(new(read.Phrases, new(ToImage(site, read.Masks), read.Classes)));
    }

    /// <summary>Takes what a block has left elsewhere as if it had run here.</summary>
    internal void Take(PixelReading pixels, PhraseReading phrases)
    {
        Take(pixels);
        Add(phrases);
    }

    private void Add(PhraseReading reading)
    {
        var (phrases, prediction) = reading;
        _phraseReadings.Add(new(Keep(phrases), new(Keep(prediction.Masks), Keep(prediction.Classes))));
        Phrases = phrases;
    }
}
