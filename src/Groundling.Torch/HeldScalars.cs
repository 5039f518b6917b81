#pragma warning disable RS0030                                                 // the one place that makes Scalars, and holds them
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Arithmetic with numbers that live until native code has read them.</summary>
/// <remarks>
/// TorchSharp 0.107 makes a <see cref="Scalar"/> of every number in <c>x * 2</c>, <c>x.gt(0.5)</c> and even of the silent 1 in <c>a +
/// b</c>, and does not hold it while native code reads it. Where the garbage collector runs at that moment the call fails ("Exception
/// raised from toFloat") or computes with another number: rarely on an idle machine, and sooner the more threads wait for a core. So what
/// applications call uses these methods, and the build refuses the others there (<c>build/BannedSymbols.txt</c>). Results belong to the
/// scope in which they are made.
/// </remarks>
public static class HeldScalars
{
    private static readonly Scalar Zero = 0L,
        One = 1L,
        Two = 2L;

    /// <summary>add: a + b</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>add_: a += b, in a's memory.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);

    /// <summary>add: a + b</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.add(held, One);
    }

    /// <summary>add_: a += b, in a's memory.</summary>
    public static Tensor PlusInPlace(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.add_(held, One);
    }

    /// <summary>rsub: 1 - a</summary>
    public static Tensor OneMinus(this Tensor a) => (-a).add(One, One);

    /// <summary>mul: a * b</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.mul(held);
    }

    /// <summary>mul_: a *= b, in a's memory.</summary>
    public static Tensor TimesInPlace(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.mul_(held);
    }

    /// <summary>div: a / b</summary>
    public static Tensor Over(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.div(held);
    }

    /// <summary>div_: a /= b, in a's memory.</summary>
    public static Tensor OverInPlace(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.div_(held);
    }

    /// <summary>Lone numbers, each times its weight, in one sum: a product and a sum each would be as many launches on a card.</summary>
    /// <param name="terms">At least one; of one type, on one device.</param>
    public static Tensor WeightedSum(IReadOnlyCollection<(Tensor Value, double Weight)> terms)
    {
        using var scope = NewDisposeScope();
        var values = stack([.. terms.Select(term => term.Value)]);
        var weights = tensor(terms.Select(term => term.Weight).ToArray(), device: CPU).to(values.dtype).Sent(values.device);
        return (values * weights).sum().MoveToOuterDisposeScope();
    }

    /// <summary>pow: a * a</summary>
    public static Tensor Squared(this Tensor a) => a.pow(Two);

    /// <summary>
    /// clamp: a limited to a range, at one end and then at the other; libtorch's lazy device has no way back through both at once.
    /// </summary>
    public static Tensor Within(this Tensor a, double least, double most)
    {
        using Scalar low = least,
            high = most;
        using var limited = a.clamp_min(low);
        return limited.clamp_max(high);
    }

    /// <summary>clamp_min: a, and a number where it is less.</summary>
    public static Tensor AtLeast(this Tensor a, double least)
    {
        using Scalar held = least;
        return a.clamp_min(held);
    }

    /// <summary>clamp_max: whole numbers, and another where they are greater.</summary>
    public static Tensor AtMost(this Tensor a, long most)
    {
        using Scalar held = most;
        return a.clamp_max(held);
    }

    /// <summary>lt: whether whole numbers are less than another.</summary>
    public static Tensor IsBelow(this Tensor a, long b)
    {
        using Scalar held = b;
        return a.lt(held);
    }

    /// <summary>gt: whether a is greater than a number.</summary>
    public static Tensor IsAbove(this Tensor a, double b)
    {
        using Scalar held = b;
        return a.gt(held);
    }

    /// <summary>ge: whether a is 0 or greater.</summary>
    public static Tensor IsNotNegative(this Tensor a) => a.ge(Zero);

    /// <summary>masked_fill: a with minus infinity where the mask holds: what no attention may read.</summary>
    public static Tensor Unread(this Tensor a, Tensor mask)
    {
        using Scalar held = double.NegativeInfinity;
        return a.masked_fill(mask, held);
    }

    /// <summary>index_add: a with the rows of another tensor added at the places that are given for them.</summary>
    public static Tensor PlusAt(this Tensor a, Tensor places, Tensor rows) => a.index_add(0, places, rows, One);

    /// <summary>arange: 0, 1, ..., count - 1</summary>
    public static Tensor Range(long count, ScalarType type, Device device)
    {
        using Scalar held = count;
        return arange(Zero, held, One, type, device: device);
    }

    /// <summary>full: as many whole numbers of one value.</summary>
    public static Tensor Repeated(long value, long count, Device device)
    {
        using Scalar held = value;
        return full(count, held, int64, device: device);
    }
}
