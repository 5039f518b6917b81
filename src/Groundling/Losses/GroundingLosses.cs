using static TorchSharp.torch;

namespace Groundling.Losses;

/// <summary>The losses of one step; the caller owns them.</summary>
/// <param name="Total">The weighted sum, to be followed backwards.</param>
/// <param name="Parts">
/// Each loss by name before its weight, without gradient: <c>diffusion</c>, and of <c>adapter</c> and <c>decoder</c> <c>.class</c>,
/// <c>.crossEntropy</c> and <c>.dice</c>.
/// </param>
public sealed record GroundingLosses(Tensor Total, IReadOnlyDictionary<string, Tensor> Parts) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Total.Dispose();
        foreach (var part in Parts.Values)
            part.Dispose();
    }
}
