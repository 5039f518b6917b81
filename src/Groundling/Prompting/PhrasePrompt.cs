using Groundling.Diffusion;
using Groundling.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>
/// Phrases as the UNet's prompt in one pass: the null phrase joins them as a key, padding is masked, every block's maps are kept (Sec.
/// 3.1).
/// </summary>
/// <remarks>
/// With phrases as the only keys a lone phrase would get the whole picture; the null phrase is a key for what belongs to none.
/// A call that is out of order is an <see cref="InvalidOperationException"/>.
/// </remarks>
public abstract class PhrasePrompt : IPromptExchange, IDisposable
{
    private readonly CancellationToken _cancellation;
    private readonly bool _keepHeads;
    private readonly BlockOrder _order;
    private readonly Tensor? _nullPhrase,
        _readable;
    private readonly List<PixelReading> _pixelReadings = [];
    private readonly List<Tensor> _kept = [];

    /// <param name="input">Latents and phrases; the caller keeps them until the pass has ended.</param>
    /// <param name="nullPhrase">Whether pixels may attend to none of the phrases.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept too.</param>
    /// <param name="firstBlock">Index of the block that comes first; 0 in a whole pass.</param>
    private protected PhrasePrompt(GroundingInput input, bool nullPhrase, bool keepHeads, int firstBlock = 0)
    {
        (_keepHeads, _cancellation, _order) = (keepHeads, input.Cancellation, new(firstBlock));
        LatentSize = (input.Latents.shape[2], input.Latents.shape[3]);
        using var scope = NewDisposeScope();
        _nullPhrase = nullPhrase ? Keep(input.NullPhrase.unsqueeze(1)) : null; // [B, 1, Ct]
        if (input.Valid is { } valid)
            _readable = Keep(nullPhrase ? cat([ones_like(valid[.., ..1]), valid], 1) : valid.alias());
    }

    /// <summary>What the pixels of every block read, in the blocks' order.</summary>
    public IReadOnlyList<PixelReading> PixelReadings => _pixelReadings;

    /// <summary>[B, N, h_l, w_l] of every block, the maps of <see cref="PixelReadings"/>.</summary>
    public IReadOnlyList<Tensor> Maps => [.. _pixelReadings.Select(reading => reading.Map)];

    /// <inheritdoc/>
    public bool WantsAttention => true;

    /// <summary>Height and width of the latents.</summary>
    internal (long Height, long Width) LatentSize { get; }

    /// <inheritdoc/>
    public BlockPrompt PromptFor(TransformerSite site, Tensor pixels)
    {
        _cancellation.ThrowIfCancellationRequested();
        _order.Asks(site);
        using var scope = NewDisposeScope();
        return new(Inject(site), _readable);
    }

    /// <inheritdoc/>
    public void Attended(TransformerSite site, BlockAttention attention)
    {
        _order.Tells(site);
        using var scope = NewDisposeScope();
        var (probabilities, first) = (attention.Probabilities, _nullPhrase is null ? 0 : 1);
        var ofPhrases = probabilities.narrow(-1, first, probabilities.shape[^1] - first).mean([1]); // [B, hw, N]
        var map = Keep(ToImage(site, ofPhrases.transpose(1, 2)).contiguous()); // [B, N, h, w]
        _pixelReadings.Add(new(site, map, _keepHeads ? Keep(probabilities.alias()) : null));
        Extract(site, attention.Pixels, map);
    }

    /// <summary>Disposes all that the pass has left here.</summary>
    public void Dispose()
    {
        _kept.ForEach(tensor => tensor.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>The prompt of one block, [B, K, C_t] with the null phrase; kept.</summary>
    private protected abstract Tensor Inject(TransformerSite site);

    /// <summary>The phrases' turn to read: the pixels [B, hw, C_l] of the block, and its map [B, N, h_l, w_l].</summary>
    private protected abstract void Extract(TransformerSite site, Tensor pixels, Tensor map);

    /// <summary>The keys of phrases: the null phrase first, where there is one.</summary>
    private protected Tensor WithNullPhrase(
        Tensor phrases
    ) // [B, N, Ct] -> [B, 1 + N, Ct]
        => _nullPhrase is null ? phrases.alias() : cat([_nullPhrase, phrases], 1);

    /// <summary>A value for every pixel of a block, as an image.</summary>
    private protected Tensor ToImage(
        TransformerSite site,
        Tensor pixels
    ) // [B, N, hw] -> [B, N, h, w]
        => pixels.reshape(pixels.shape[0], pixels.shape[1], LatentSize.Height / site.Stride, LatentSize.Width / site.Stride);

    /// <summary>Keeps a tensor until this object is disposed.</summary>
    private protected Tensor Keep(Tensor tensor)
    {
        _kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <summary>Takes what a block has left elsewhere as if it had run here.</summary>
    private protected void Take(PixelReading reading)
    {
        _order.Asks(reading.Site);
        _order.Tells(reading.Site);
        _pixelReadings.Add(reading with { Map = Keep(reading.Map) });
    }
}
