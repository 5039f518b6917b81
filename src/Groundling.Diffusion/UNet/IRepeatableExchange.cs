using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>An exchange whose blocks can run twice: for their results, and once more for the backward pass, so that little is kept between.</summary>
/// <remarks>In each block, in order: <see cref="Before"/>, <see cref="For"/>, the block itself with that, <see cref="After"/>, and <see cref="Accept"/>.</remarks>
public interface IRepeatableExchange : IPromptExchange, IDisposable
{
    /// <summary>Whether blocks are to be run so.</summary>
    bool Repeats { get; }

    /// <summary>All tensors that a block's prompt depends on; they stay with the exchange.</summary>
    IReadOnlyList<Tensor> Before(TransformerSite site);

    /// <summary>An exchange for one block alone. It is also asked for after this exchange has been disposed.</summary>
    /// <param name="site">The block.</param>
    /// <param name="before">What <see cref="Before"/> gave, or copies with gradients of their own.</param>
    /// <returns>An exchange that reads no other tensors; the caller owns it.</returns>
    IRepeatableExchange For(TransformerSite site, IReadOnlyList<Tensor> before);

    /// <summary>All tensors that a block has left here; they stay with the exchange.</summary>
    IReadOnlyList<Tensor> After(TransformerSite site);

    /// <summary>Takes over what the block left with its own exchange.</summary>
    void Accept(TransformerSite site, IReadOnlyList<Tensor> after);
}
