using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A layer's place in a cache of rearranged weights.</summary>
/// <param name="Cache">The cache.</param>
/// <param name="Layer">The layer's name, which no other of the model has.</param>
public sealed record PackSlot(PackCache Cache, string Layer)
{
    private const long SmallestKept = 1 << 18; // numbers; less is rearranged sooner than a file is opened

    /// <summary>A rearranged weight: the cache's, or one that is made, and kept where it is large.</summary>
    /// <param name="slot">Null for no cache.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="kind">How it is rearranged, and what for.</param>
    /// <param name="make">Rearranges it.</param>
    internal static PackedTensor Get(PackSlot? slot, Tensor weight, string kind, Func<Tensor> make) =>
        slot is null || weight.numel() < SmallestKept ? new(make()) : slot.Cache.Get($"{slot.Layer}.{kind}", make);

    /// <summary>
    /// The input that a weight is packed for in place of one: a power of two of rows, or a square image with a power of two of pixels, so
    /// that a picture's format and the number of phrases do not each need a form of their own.
    /// </summary>
    /// <param name="shape">[B, inputs, h, w], or [..., inputs] of another rank.</param>
    internal static long[] Typical(long[] shape)
    {
        const long fewestRows = 16;
        if (shape.Length == 4)
            return [1, shape[1], .. Enumerable.Repeat(PowerOfTwo(Math.Sqrt(shape[2] * shape[3])), 2)];
        var rows = shape[..^1].Aggregate(1L, (product, size) => product * size);
        return [Math.Max(PowerOfTwo(rows), fewestRows), shape[^1]];

        static long PowerOfTwo(double size) => 1L << (int)Math.Round(Math.Log2(Math.Max(size, 1)));
    }

    /// <summary>
    /// Whether the cache had a rearranged weight when it was opened: what comes later is not looked for, so that a picture's result does
    /// not depend on those before it.
    /// </summary>
    internal static bool Had(PackSlot? slot, string kind) => slot?.Cache.Had($"{slot.Layer}.{kind}") == true;
}
