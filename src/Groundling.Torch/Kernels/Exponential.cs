using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Groundling.Torch;

/// <summary>Powers of sixteen numbers at once, exact to about 1e-7 of their size; the framework's own go by way of float64.</summary>
/// <remarks>What is too small gives about 1e-38, what is too large about 1e38, and what is no number none.</remarks>
internal static class Exponential
{
    /// <summary>e^x, by the polynomial of Cephes' expf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> E(Vector512<float> x)
    {
        x = Vector512.MinNative(Vector512.Create(88f), Vector512.MaxNative(Vector512.Create(-87f), x));
        var power = Vector512.Round(x * 1.44269504f); // e^x = 2^power e^rest
        var rest = Vector512.MultiplyAddEstimate(power, Vector512.Create(-0.693359375f), x);
        rest = Vector512.MultiplyAddEstimate(power, Vector512.Create(2.12194440e-4f), rest);
        var sum = Vector512.MultiplyAddEstimate(rest, Vector512.Create(1.9875691500e-4f), Vector512.Create(1.3981999507e-3f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(8.3334519073e-3f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(4.1665795894e-2f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(1.6666665459e-1f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(5.0000001201e-1f));
        sum = Vector512.MultiplyAddEstimate(sum, rest * rest, rest + Vector512<float>.One);
        return Scaled(sum, power);
    }

    /// <summary>2^x, by the polynomial of Cephes' exp2f; fewer steps than <see cref="E"/>.</summary>
    /// <param name="x">At most 127.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OfTwo(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-126f), x);
        var power = Vector512.Round(x);
        var rest = x - power;
        var sum = Vector512.MultiplyAddEstimate(rest, Vector512.Create(1.535336188e-4f), Vector512.Create(1.339887440e-3f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(9.618437357e-3f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(5.550332471e-2f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(2.402264791e-1f));
        sum = Vector512.MultiplyAddEstimate(sum, rest, Vector512.Create(6.931472028e-1f));
        return Scaled(Vector512.MultiplyAddEstimate(sum, rest, Vector512<float>.One), power);
    }

    /// <summary>value 2^power</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scaled(Vector512<float> value, Vector512<float> power) =>
        Avx512F.IsSupported
            ? Avx512F.Scale(value, power)
            : value * ((Vector512.ConvertToInt32Native(power) + Vector512.Create(127)) << 23).AsSingle();
}
