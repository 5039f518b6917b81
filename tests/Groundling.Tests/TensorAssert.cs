using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests;

internal static class TensorAssert
{
    /// <summary>
    /// What the same work may differ by in another process's or module's memory: on Windows libtorch's products are added in an order
    /// that hangs on where the numbers lie.
    /// </summary>
    public static double SameWork { get; } = OperatingSystem.IsWindows() ? 1e-4 : 0;

    /// <summary>Equal shapes, all values finite, and no value further from its reference than <paramref name="tolerance"/>.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.True(
            expected.shape.SequenceEqual(actual.shape),
            $"{what}: expected [{string.Join(", ", expected.shape)}], got [{string.Join(", ", actual.shape)}]"
        );
        var worst = (expected.to(float64) - actual.detach().to(float64)).abs().max().item<double>();
        Assert.True(worst <= tolerance, $"{what}: differs by {worst:g3}, allowed {tolerance:g3}");
    }
}
