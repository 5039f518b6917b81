using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests;

internal static class Thresholds
{
    /// <summary>
    /// The middle of the widest gap among all but the outermost of <paramref name="values"/>: a threshold that the last bits, which hang on the
    /// machine and its threads, carry no value across.
    /// </summary>
    public static double FarFromAll(Tensor values)
    {
        using var scope = NewDisposeScope();
        var sorted = values.to(float64).flatten().sort().Values;
        var inner = sorted[(int)(0.05 * sorted.numel())..(int)(0.95 * sorted.numel())];
        var gaps = inner.diff();
        var widest = gaps.argmax().item<long>();
        Assert.True(gaps[widest].item<double>() > 5e-6, "no two values are far enough apart");
        return (inner[widest] + inner[widest + 1]).item<double>() / 2;
    }
}
