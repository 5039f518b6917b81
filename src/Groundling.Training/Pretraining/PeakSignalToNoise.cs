using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>How close pictures are to what they should be, in decibels.</summary>
public static class PeakSignalToNoise
{
    private const double Range = 2; // from -1 to 1

    /// <summary>10 log10(range^2 / mean squared difference), for each picture.</summary>
    /// <param name="found">[B, 3, h, w]; values beyond [-1, 1] are clamped, as in a picture file.</param>
    /// <param name="right">[B, 3, h, w] in [-1, 1].</param>
    /// <returns>One value a picture; infinite where the two are equal.</returns>
    public static double[] Of(Tensor found, Tensor right)
    {
        using var scope = NewDisposeScope();
        var error = (found.Within(-1, 1) - right).Squared().mean([1, 2, 3]).to(float64).cpu();
        return [.. error.data<double>().ToArray().Select(value => 10 * Math.Log10(Range * Range / value))];
    }
}
