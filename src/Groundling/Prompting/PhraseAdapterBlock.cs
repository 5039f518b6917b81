using Groundling.Layers;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>
/// Lets phrases read the picture inside one UNet block, and hands them back as its prompt (Sec. 3.2, eq. 7-10; paper: EIPA).
/// </summary>
/// <remarks>
/// It works at a width of its own. Its way back to the phrases' width starts at zero: an untrained adapter is exactly static prompting.
/// </remarks>
public sealed class PhraseAdapterBlock : Module, IOwnInitialValues
{
    private const int Expansion = 4;

    [ComponentName(Name = "norm_in")]
    private readonly LayerNorm _normIn;

    [ComponentName(Name = "down")]
    private readonly LinearLayer _down;

    [ComponentName(Name = "norm_self")]
    private readonly LayerNorm _normSelf;

    [ComponentName(Name = "self_attention")]
    private readonly MultiHeadAttention _self;

    [ComponentName(Name = "norm_cross")]
    private readonly LayerNorm _normCross;

    [ComponentName(Name = "norm_pixels")]
    private readonly LayerNorm _normPixels;

    [ComponentName(Name = "cross_attention")]
    private readonly MultiHeadAttention _cross;

    [ComponentName(Name = "norm_ff")]
    private readonly LayerNorm _normFeedForward;

    [ComponentName(Name = "ff")]
    private readonly FeedForward _feedForward;

    [ComponentName(Name = "up")]
    private readonly LinearLayer _up;

    [ComponentName(Name = "mask_scale")]
    private readonly Parameter _maskScale;

    [ComponentName(Name = "mask_bias")]
    private readonly Parameter _maskBias;

    [ComponentName(Name = "norm_class")]
    private readonly LayerNorm _normClass;

    [ComponentName(Name = "class")]
    private readonly LinearLayer _class;

    /// <param name="phraseWidth">C_t</param>
    /// <param name="pixelWidth">C_l of the UNet block.</param>
    /// <param name="width">The adapter's own width.</param>
    /// <param name="heads">It divides <paramref name="width"/>.</param>
    /// <param name="classes">K, without "no class".</param>
    public PhraseAdapterBlock(long phraseWidth, long pixelWidth, long width, long heads, long classes)
        : base(nameof(PhraseAdapterBlock))
    {
        _normIn = LayerNorm(phraseWidth);
        _down = new(phraseWidth, width);
        _normSelf = LayerNorm(width);
        _self = new(width, width, heads);
        _normCross = LayerNorm(width);
        _normPixels = LayerNorm(pixelWidth);
        _cross = new(width, pixelWidth, heads);
        _normFeedForward = LayerNorm(width);
        _feedForward = new(width, Expansion * width);
        _up = new(width, phraseWidth, bias: false);
        _maskScale = Parameters.Own(ones(1, device: CPU));
        _maskBias = Parameters.Own(zeros(1, device: CPU));
        _normClass = LayerNorm(width);
        _class = new(width, classes + 1);
        RegisterComponents();
    }

    /// <summary>Phrases among themselves, before the UNet block reads them.</summary>
    /// <param name="phrases">[B, N, C_t] R^(l-1)</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null; each row has a valid one.</param>
    /// <returns>R_itm, which the UNet block reads.</returns>
    public InjectedPhrases Inject(Tensor phrases, Tensor? valid)
    {
        using var scope = NewDisposeScope();
        var state = _down.call(_normIn.call(phrases)); // [B, N, A]
        var normed = _normSelf.call(state);
        state = state.Plus(_self.call(normed, normed, normed, valid?.unsqueeze(1).unsqueeze(1)));
        var prompt = phrases.Plus(_up.call(state)); // [B, N, Ct]
        return new(state.MoveToOuterDisposeScope(), prompt.MoveToOuterDisposeScope());
    }

    /// <summary>Phrases read the picture, after the UNet block has read them.</summary>
    /// <param name="phrases">[B, N, C_t] R^(l-1)</param>
    /// <param name="injected">What <see cref="Inject"/> made of them.</param>
    /// <param name="pixels">[B, hw, C_l] F_itm, the UNet block's self-attention output.</param>
    /// <param name="readable">[B, N, hw] true where a phrase may look, or null; no phrase may be without any place.</param>
    /// <returns>R^l, and the adapter mask head's prediction.</returns>
    public ExtractedPhrases Extract(Tensor phrases, InjectedPhrases injected, Tensor pixels, Tensor? readable)
    {
        using var scope = NewDisposeScope();
        var (read, logits) = _cross.Attend(_normCross.call(injected.State), _normPixels.call(pixels), readable?.unsqueeze(1));
        var masks = (_maskScale * logits.mean([1])).Plus(_maskBias); // [B, N, hw]
        var next = injected.State.Plus(read); // R_ca
        next = next.Plus(_feedForward.call(_normFeedForward.call(next))); // [B, N, A]
        var classes = _class.call(_normClass.call(next)); // [B, N, K + 1]
        var result = phrases.Plus(_up.call(next)); // [B, N, Ct]
        return new(result.MoveToOuterDisposeScope(), masks.MoveToOuterDisposeScope(), classes.MoveToOuterDisposeScope());
    }

    Tensor? IOwnInitialValues.InitialValue(string name, long[] shape) => name == "up.weight" ? zeros(shape, device: CPU) : null;
}
