using Groundling.Data;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>Masks from the UNet's own attention: the blocks' maps in a weighted sum (Sec. 3.1; paper: diffusion mask head).</summary>
/// <remarks>The weights are a softmax over one learned scalar a block; untrained, all blocks count the same.</remarks>
public sealed class DiffusionMaskHead : Module<IReadOnlyList<Tensor>, long, long, Tensor>
{
    private const double LeastNormal = 1.17549435e-38; // float32's; smaller numbers are zero on some devices

    [ComponentName(Name = "block_logits")]
    private readonly Parameter _blockLogits;

    /// <param name="blocks">L, the UNet's transformer blocks.</param>
    public DiffusionMaskHead(int blocks)
        : base(nameof(DiffusionMaskHead))
    {
        _blockLogits = Parameters.Own(zeros(blocks, device: CPU));
        RegisterComponents();
    }

    /// <param name="maps">[B, N, h_l, w_l] of every block, each between 0 and 1.</param>
    /// <param name="height">H_0</param>
    /// <param name="width">W_0</param>
    /// <returns>[B, N, H_0, W_0] probabilities; the caller owns it.</returns>
    public override Tensor forward(IReadOnlyList<Tensor> maps, long height, long width)
    {
        using var scope = NewDisposeScope();
        return BlockSum.Of(_blockLogits.softmax(0), maps, height, width).MoveToOuterDisposeScope();
    }

    /// <summary>The head's maps as an answer: each phrase's divided by its largest value inside the picture.</summary>
    /// <param name="masks">[B, N, H_0, W_0] what the head makes.</param>
    /// <param name="letterbox">How the picture lies in the network's input.</param>
    /// <returns>[B, N, H_0, W_0], between 0 and 1; the caller owns it.</returns>
    public static Tensor Shares(Tensor masks, Letterbox letterbox)
    {
        using var scope = NewDisposeScope();
        var largest = masks[.., .., ..letterbox.ContentHeight, ..letterbox.ContentWidth].amax([2, 3], keepdim: true);
        return (masks / largest.to(float32).Within(LeastNormal, 1)).Within(0, 1).MoveToOuterDisposeScope();
    }
}
