using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Decoding;

/// <summary>What a mask head says of every phrase.</summary>
/// <param name="Masks">[B, N, h, w] logits of the masks, positive inside, at the head's own resolution.</param>
/// <param name="Classes">[B, N, K + 1] logits of the classes, "no class" last.</param>
public sealed record MaskPrediction(Tensor Masks, Tensor Classes) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Masks.Dispose();
        Classes.Dispose();
    }

    /// <summary>Mask logits at another size, as probabilities.</summary>
    /// <param name="masks">[B, N, h, w] logits.</param>
    /// <param name="height">H</param>
    /// <param name="width">W</param>
    /// <returns>[B, N, H, W]; the caller owns it.</returns>
    internal static Tensor Probabilities(Tensor masks, long height, long width)
    {
        using var enlarged = nn.functional.interpolate(
            masks,
            size: [height, width],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        );
        return enlarged.sigmoid();
    }

    /// <summary>The same tensors under new handles that live in the scope around the current one.</summary>
    internal MaskPrediction KeepOuter() => new(Masks.alias().MoveToOuterDisposeScope(), Classes.alias().MoveToOuterDisposeScope());
}
