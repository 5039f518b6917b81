using Groundling.Diffusion;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>What the pixels of one UNet block read of the phrases (Sec. 3.1); the tensors stay with the prompt.</summary>
/// <param name="Site">The block.</param>
/// <param name="Map">[B, N, h_l, w_l] the share of a pixel's attention that a phrase gets, averaged over heads.</param>
/// <param name="Heads">[B, heads, h_l w_l, 1 + N] the attention of each head, the null phrase first; null unless heads are kept.</param>
public sealed record PixelReading(TransformerSite Site, Tensor Map, Tensor? Heads);
