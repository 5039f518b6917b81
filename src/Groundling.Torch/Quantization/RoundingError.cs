using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Computes a layer both ways, tells how far integers are from floats, and goes on with the floats.</summary>
/// <param name="integers">The arithmetic that is watched; this disposes it unless <see cref="Release"/> gave it away.</param>
public sealed class RoundingError(Int8Arithmetic integers) : ILayerArithmetic
{
    private Int8Arithmetic? _integers = integers;
    private double _difference,
        _size;

    /// <summary>The norm of the difference beside that of the output in floats.</summary>
    public double Relative => _size > 0 ? Math.Sqrt(_difference / _size) : 0;

    /// <inheritdoc/>
    public Tensor Compute(IQuantizableLayer layer, Tensor input)
    {
        var output = layer.Compute(input);
        using var scope = NewDisposeScope();
        var difference = _integers!.Compute(layer, input) - output;
        _difference += difference.mul(difference).sum(ScalarType.Float64).item<double>();
        _size += output.mul(output).sum(ScalarType.Float64).item<double>();
        return output;
    }

    /// <summary>The watched arithmetic, which is the caller's from now on.</summary>
    public Int8Arithmetic Release()
    {
        var released = _integers!;
        _integers = null;
        return released;
    }

    /// <inheritdoc/>
    public void Dispose() => _integers?.Dispose();
}
