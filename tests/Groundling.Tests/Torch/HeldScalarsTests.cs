using System.Reflection;
using Groundling.Torch;
using Groundling.Training;
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
        Assert.Equal([0f, 1f, 2f], HeldScalars.Range(3, float32, CPU).data<float>());
        Assert.Equal([7L, 7L], HeldScalars.Repeated(7, 2, CPU).data<long>());
        TensorAssert.Close(a.square(), a.Squared(), 0, "square");
        TensorAssert.Close(a.clamp_min(0.1), a.AtLeast(0.1), 0, "at least");
        Assert.Equal([0L, 1L, 1L], tensor(new[] { 0L, 1L, 2L }).AtMost(1).data<long>());
        Assert.Equal([true, false], tensor(new[] { 1L, 2L }).IsBelow(2).data<bool>());
        Assert.Equal([5f, 0f, 7f], zeros(3).PlusAt(tensor(new[] { 2L, 0L, 2L }), tensor([3f, 5f, 4f])).data<float>());
        foreach (
            var (inPlace, expected) in new (Func<Tensor, Tensor>, Tensor)[]
            {
                (x => x.PlusInPlace(b), a + b),
                (x => x.PlusInPlace(0.7), a + 0.7),
                (x => x.TimesInPlace(0.7), a * 0.7),
                (x => x.OverInPlace(0.7), a / 0.7),
            }
        )
        {
            var kept = a.clone();
            Assert.Equal(kept.Handle, inPlace(kept).Handle);
            TensorAssert.Close(expected, kept, 0, "in place");
        }
    }

    [Fact]
    public void The_build_refuses_all_of_TorchSharp_that_makes_numbers_and_does_not_hold_them()
    {
        const string Reason = "it makes a Scalar that nothing holds while native code reads it; see HeldScalars";
        string[] expected =
        [
            "T:TorchSharp.Scalar;nothing holds it while native code reads it; see HeldScalars",
            .. UnheldScalars.Public().Select(member => $"{member};{Reason}"),
        ];
        var written = Path.Combine(AppContext.BaseDirectory, "BannedSymbols.txt");
        File.WriteAllLines(written, expected);
        var refused = File.ReadAllLines(Path.Combine(Shared.Root, "build/BannedSymbols.txt"));
        Assert.True(expected.SequenceEqual(refused), $"build/BannedSymbols.txt is not that of this TorchSharp: copy {written} there");
    }

    /// <summary>The build's rule does not see <c>a += b</c>.</summary>
    [Theory]
    [InlineData("Groundling.Torch")]
    [InlineData("Groundling.Diffusion")]
    [InlineData("Groundling")]
    [InlineData("Groundling.Evaluation")]
    [InlineData("Groundling.Training")]
    [InlineData("Groundling.Web")]
    public void None_of_it_is_called(string assembly)
    {
        string[] holding =
        [
            .. new[] { typeof(HeldScalars), typeof(AdamW), typeof(Muon), typeof(MovingAverage) }.Select(type => type.FullName!),
        ];
        Assert.DoesNotContain(
            UnheldScalars.CallsIn(Assembly.Load(assembly)),
            call => !holding.Any(type => call.StartsWith($"{type}: ", StringComparison.Ordinal))
        );
    }
}
