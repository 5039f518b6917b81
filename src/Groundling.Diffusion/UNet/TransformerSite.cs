namespace Groundling.Diffusion;

/// <summary>One of the UNet's transformer blocks, in the order in which they run.</summary>
/// <param name="Index">0-based place in that order; 16 blocks in SD 1.x and 2.x.</param>
/// <param name="Path">Path in the standard layout, as <c>down_blocks.0.attentions.0.transformer_blocks.0</c>.</param>
/// <param name="Channels">Width C_l of its pixels.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Stride">How many latents one of its pixels spans, on each side.</param>
public sealed record TransformerSite(int Index, string Path, long Channels, long Heads, int Stride)
{
    /// <summary>Whether it lies on the way up, behind the middle.</summary>
    public bool IsUpward => Path.StartsWith("up_blocks.", StringComparison.Ordinal);
}
