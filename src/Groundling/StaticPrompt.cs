using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>Static prompting: every block reads the same phrases, and its attention maps are kept (Sec. 3.1).</summary>
/// <remarks>
/// With phrases as the only keys a lone phrase would get the whole picture; the null phrase is a key for what belongs to none.
/// </remarks>
public sealed class StaticPrompt : IPromptExchange, IDisposable
{
    private readonly Tensor _prompt;
    private readonly Tensor? _mask;
    private readonly long _height, _width;
    private readonly bool _keepHeads;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<TransformerSite, Tensor> _attention = [];
    private readonly List<Tensor> _maps = [];

    /// <param name="phrases">[B, N, C_t]</param>
    /// <param name="nullPhrase">[B, C_t]</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null.</param>
    /// <param name="latentHeight">h of the latents.</param>
    /// <param name="latentWidth">w of the latents.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    public StaticPrompt(Tensor phrases, Tensor nullPhrase, Tensor? valid, long latentHeight, long latentWidth, bool keepHeads = false, CancellationToken cancellation = default)
    {
        (_height, _width, _keepHeads, _cancellation) = (latentHeight, latentWidth, keepHeads, cancellation);
        using var scope = NewDisposeScope();
        _prompt = cat([nullPhrase.unsqueeze(1), phrases], 1).DetachFromDisposeScope();                     // [B, 1 + N, Ct]
        _mask = valid is null ? null : WithNullPhrase(valid).DetachFromDisposeScope();
    }

    /// <summary>[B, N, h_l, w_l] of every block in order: the share of a pixel's attention that a phrase gets, averaged over heads.</summary>
    public IReadOnlyList<Tensor> Maps => _maps;

    /// <summary>[B, heads, h_l w_l, 1 + N] of every block, the null phrase first; empty unless heads are kept.</summary>
    public IReadOnlyDictionary<TransformerSite, Tensor> Attention => _attention;

    /// <inheritdoc/>
    public bool WantsAttention => true;

    /// <inheritdoc/>
    public Tensor? PromptMask => _mask;

    /// <inheritdoc/>
    public Tensor PromptFor(TransformerSite site, Tensor pixels)
    {
        _cancellation.ThrowIfCancellationRequested();
        return _prompt;
    }

    /// <inheritdoc/>
    public void Attended(TransformerSite site, Tensor pixels, Tensor attention)
    {
        using var scope = NewDisposeScope();
        var phrases = attention.narrow(-1, 1, attention.shape[^1] - 1).mean([1]);                          // [B, hw, N]
        var map = phrases.transpose(1, 2).reshape(phrases.shape[0], -1, _height / site.Stride, _width / site.Stride);
        _maps.Add(map.contiguous().DetachFromDisposeScope());
        if (_keepHeads) _attention.Add(site, attention.alias().DetachFromDisposeScope());
    }

    /// <summary>Disposes the maps.</summary>
    public void Dispose()
    {
        _prompt.Dispose();
        _mask?.Dispose();
        _maps.ForEach(map => map.Dispose());
        foreach (var attention in _attention.Values) attention.Dispose();
    }

    private static Tensor WithNullPhrase(Tensor valid) => cat([ones(valid.shape[0], 1, dtype: @bool), valid], 1);
}
