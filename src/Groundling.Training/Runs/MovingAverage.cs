#pragma warning disable RS0030                                                 // makes Scalars, and holds them while they are used
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The exponential moving average (EMA) of weights: steadier than the weights themselves.</summary>
/// <param name="pairs">Each weight with the tensor that holds its average; the caller keeps both.</param>
/// <param name="decay">How much of the average is kept each step, once it has settled.</param>
public sealed class MovingAverage(IReadOnlyList<(Tensor Weight, Tensor Average)> pairs, double decay)
{
    /// <summary>Makes each average its weight.</summary>
    public void Begin()
    {
        using var frozen = no_grad();
        foreach (var (weight, average) in pairs)
            average.copy_(weight);
    }

    /// <summary>
    /// Follows the weights. In the first steps the average keeps less of itself, so that the first weights are soon forgotten.
    /// </summary>
    /// <param name="step">From 1.</param>
    public void Update(long step)
    {
        using var frozen = no_grad();
        var now = Math.Min(decay, (1.0 + step) / (10 + step));
        using Scalar kept = now,
            taken = 1 - now;
        foreach (var (weight, average) in pairs)
            average.mul_(kept).add_(weight, taken);
    }
}
