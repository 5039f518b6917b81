using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

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

    /// <summary>The same tensors under new handles that live in the scope around the current one.</summary>
    internal MaskPrediction KeepOuter() => new(Masks.alias().MoveToOuterDisposeScope(), Classes.alias().MoveToOuterDisposeScope());
}
