using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>An exchange that also runs the UNet's blocks, in a way of its own: for gradient checkpointing.</summary>
public interface IBlockRunner : IPromptExchange
{
    /// <summary>Runs one block where gradients are recorded.</summary>
    /// <param name="site">The block's transformer.</param>
    /// <param name="block">From image [B, C, h, w] and time embedding [B, 4 C_0] to image, with any exchange in place of this one.</param>
    /// <param name="image">[B, C, h, w], channels last.</param>
    /// <param name="time">[B, 4 C_0]</param>
    /// <returns>What the block makes of them, [B, C_l, h, w]; the caller owns it.</returns>
    Tensor Run(TransformerSite site, Func<Tensor, Tensor, IPromptExchange, Tensor> block, Tensor image, Tensor time);
}
