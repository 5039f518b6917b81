using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">The tensor's key.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past its last byte.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The number of elements; a shape that declares more than any file can hold counts as <see cref="long.MaxValue"/>.</summary>
    public Int128 Count => Shape.Aggregate(Int128.One, (product, size) => Int128.Min(product * size, long.MaxValue));

    /// <summary>The bytes that type and shape ask for.</summary>
    public Int128 ByteCount => Count * Type.ElementSize();

    /// <summary>The bytes that type and shape ask for, were empty dimensions one wide: what strides are counted in.</summary>
    internal Int128 ByteCountWithoutZeros =>
        Shape.Aggregate(Int128.One, (product, size) => Int128.Min(product * Math.Max(size, 1), long.MaxValue)) * Type.ElementSize();

    /// <summary>For messages: <c>F32 [320, 4, 3, 3]</c>.</summary>
    public string Describe() => $"{SafetensorsTypes.Name(Type)} [{string.Join(", ", Shape)}]";
}
