using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public sealed class HeldScalarsTests
{
    [Fact]
    public void Each_is_what_TorchSharp_calls_by_another_name()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor([-2f, -0f, 0.25f, 3f]), tensor([1f, 2f, 3f, 4f]));
        TensorAssert.Close(a + b, a.Plus(b), 0, "sum");
        TensorAssert.Close(a + 0.7, a.Plus(0.7), 0, "sum with a number");
        TensorAssert.Close(1 - a, a.OneMinus(), 0, "complement");
        TensorAssert.Close(a * 0.7, a.Times(0.7), 0, "product");
        TensorAssert.Close(a / 0.7, a.Over(0.7), 0, "quotient");
        TensorAssert.Close(a.clamp(-1, 2), a.Within(-1, 2), 0, "clamped");
        Assert.Equal([false, false, false, true], a.IsAbove(0.25).data<bool>());
        Assert.Equal([false, true, true, true], a.IsNotNegative().data<bool>());
        Assert.Equal([float.NegativeInfinity, 0, float.NegativeInfinity, 3], a.Unread(tensor([true, false, true, false])).data<float>());
        Assert.Equal([0f, 1f, 2f], HeldScalars.Range(3, float32).data<float>());
        Assert.Equal([7L, 7L], HeldScalars.Repeated(7, 2).data<long>());
        var kept = a.clone();
        Assert.Equal(kept.Handle, kept.PlusInPlace(b).Handle);
        TensorAssert.Close(a + b, kept, 0, "sum in place");
    }
}
