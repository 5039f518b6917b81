using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Phrases as the UNet's prompt: the null phrase joins them as a key, padding is masked, and every block's maps are kept (Sec. 3.1).</summary>
/// <remarks>
/// With phrases as the only keys a lone phrase would get the whole picture; the null phrase is a key for what belongs to none.
/// </remarks>
public abstract class PhrasePrompt : IPromptExchange, IDisposable
{
    private readonly CancellationToken _cancellation;
    private readonly Tensor? _nullPhrase, _mask;
    private readonly long _height, _width;
    private readonly bool _keepHeads;
    private readonly List<Tensor> _maps = [];
    private readonly Dictionary<TransformerSite, Tensor> _attention = [];

    /// <param name="nullPhrase">[B, C_t], or null where phrases are the only keys.</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null.</param>
    /// <param name="latentHeight">h of the latents.</param>
    /// <param name="latentWidth">w of the latents.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    protected PhrasePrompt(Tensor? nullPhrase, Tensor? valid, long latentHeight, long latentWidth, bool keepHeads, CancellationToken cancellation)
    {
        (_height, _width, _keepHeads, _cancellation) = (latentHeight, latentWidth, keepHeads, cancellation);
        using var scope = NewDisposeScope();
        _nullPhrase = nullPhrase?.unsqueeze(1).DetachFromDisposeScope();                                   // [B, 1, Ct]
        var alwaysThere = valid is null || nullPhrase is null ? null : ones(valid.shape[0], 1, dtype: @bool, device: valid.device);
        _mask = (alwaysThere is null ? valid?.alias() : cat([alwaysThere, valid!], 1))?.DetachFromDisposeScope();
    }

    /// <summary>[B, N, h_l, w_l] of every block in order: the share of a pixel's attention that a phrase gets, averaged over heads.</summary>
    public IReadOnlyList<Tensor> Maps => _maps;

    /// <summary>[B, heads, h_l w_l, 1 + N] of every block, the null phrase first; empty unless heads are kept.</summary>
    public IReadOnlyDictionary<TransformerSite, Tensor> Attention => _attention;

    /// <inheritdoc/>
    public bool WantsAttention => true;

    /// <inheritdoc/>
    public Tensor? PromptMask => _mask;

    /// <summary>Height and width of the latents.</summary>
    internal (long Height, long Width) LatentSize => (_height, _width);

    /// <summary>How many keys stand before the first phrase.</summary>
    protected int NullPhrases => _nullPhrase is null ? 0 : 1;

    /// <inheritdoc/>
    public Tensor PromptFor(TransformerSite site, Tensor pixels)
    {
        _cancellation.ThrowIfCancellationRequested();
        return Prompt(site, pixels);
    }

    /// <inheritdoc/>
    public virtual void Attended(TransformerSite site, Tensor pixels, Tensor attention)
    {
        using var scope = NewDisposeScope();
        var phrases = attention.narrow(-1, NullPhrases, attention.shape[^1] - NullPhrases).mean([1]);      // [B, hw, N]
        KeepMap(ToImage(site, phrases.transpose(1, 2)).contiguous());
        if (_keepHeads) _attention.Add(site, attention.alias().DetachFromDisposeScope());
    }

    /// <summary>Disposes the maps.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what a derived prompt keeps, too.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _nullPhrase?.Dispose();
        _mask?.Dispose();
        foreach (var kept in _maps.Concat(_attention.Values)) kept.Dispose();
    }

    /// <summary>[B, K, C_t] the prompt of one block; it stays with this object.</summary>
    protected abstract Tensor Prompt(TransformerSite site, Tensor pixels);

    /// <summary>The keys of phrases: the null phrase first, where there is one.</summary>
    protected Tensor WithNullPhrase(Tensor phrases)                            // [B, N, Ct] -> [B, 1 + N, Ct]
        => _nullPhrase is null ? phrases.alias() : cat([_nullPhrase, phrases], 1);

    /// <summary>A value for every pixel of a block, as an image.</summary>
    protected Tensor ToImage(TransformerSite site, Tensor pixels)              // [B, N, hw] -> [B, N, h, w]
        => pixels.reshape(pixels.shape[0], pixels.shape[1], _height / site.Stride, _width / site.Stride);

    /// <summary>Keeps the next block's map.</summary>
    protected void KeepMap(Tensor map) => _maps.Add(map.DetachFromDisposeScope());
}
