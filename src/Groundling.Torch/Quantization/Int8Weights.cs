using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Weights in integers as files have them: <c>X.weight</c> in I8, and beside it <c>X.weight_scale</c> [outputs], <c>X.input_scale</c> [1]
/// in F32 and <c>X.input_zero_point</c> [1] in I32.
/// </summary>
public static class Int8Weights
{
    private const string WeightEnding = ".weight",
        WeightScale = "_scale",
        InputScaleName = ".input_scale",
        ZeroPointName = ".input_zero_point";

    /// <summary>The tensors that stand for a layer's weight.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="weight">int8, as the weight is shaped.</param>
    /// <param name="scale">float32, [outputs]</param>
    /// <param name="input">How inputs are rounded.</param>
    /// <returns>Two of them are new, and the caller's.</returns>
    internal static IEnumerable<(string Name, Tensor Tensor)> Tensors(string name, Tensor weight, Tensor scale, InputScale input)
    {
        var layer = name[..^WeightEnding.Length];
        return
        [
            (name, weight),
            (name + WeightScale, scale),
            (layer + InputScaleName, tensor([input.Scale], device: CPU)),
            (layer + ZeroPointName, tensor([input.ZeroPoint], dtype: int32, device: CPU)),
        ];
    }

    /// <summary>A source's parameters: floats, and integers that stand for them; what only says how these are meant is left out.</summary>
    /// <exception cref="WeightsException">A layer in integers lacks its scales.</exception>
    public static IReadOnlyList<SafetensorsEntry> Parameters(WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var layers = In(source);
        var companions = layers.Values.SelectMany(layer => layer.Companions).ToHashSet();
        return
        [
            .. source.Entries.Where(entry =>
                layers.ContainsKey(entry.Name) || (SafetensorsTypes.IsFloat(entry.Type) && !companions.Contains(entry.Name))
            ),
        ];
    }

    /// <summary>The layers that a source has in integers.</summary>
    /// <exception cref="WeightsException">One of them lacks its scales, or these are of another shape.</exception>
    internal static IReadOnlyDictionary<string, Int8Entry> In(WeightSource source)
    {
        var entries = source.Entries.Where(entry =>
            entry.Type == ScalarType.Int8 && entry.Name.EndsWith(WeightEnding, StringComparison.Ordinal)
        );
        var found = new Dictionary<string, Int8Entry>();
        Dictionary<string, SafetensorsEntry>? all = null;
        foreach (var weight in entries)
        {
            all ??= source.Entries.ToDictionary(entry => entry.Name);
            var layer = weight.Name[..^WeightEnding.Length];
            found.Add(
                weight.Name,
                new(
                    weight,
                    Beside(weight.Name + WeightScale, ScalarType.Float32, weight.Shape.Take(1)),
                    Beside(layer + InputScaleName, ScalarType.Float32, [1]),
                    Beside(layer + ZeroPointName, ScalarType.Int32, [1])
                )
            );

            SafetensorsEntry Beside(string name, ScalarType type, IEnumerable<long> shape) =>
                all.TryGetValue(name, out var entry) && entry.Type == type && entry.Shape.SequenceEqual(shape)
                    ? entry
                    : throw new WeightsException(
                        $"{source.Path}: '{weight.Name}' is in integers, and needs '{name}', {SafetensorsTypes.Name(type)} [{string.Join(", ", shape)}]; make the model anew (groundling quantize)"
                    );
        }
        return found;
    }

    /// <summary>Refuses the arithmetic of floats to a layer that has its weight in integers alone.</summary>
    /// <exception cref="InvalidOperationException">It has.</exception>
    internal static void RequireFloat(IQuantizableLayer layer)
    {
        if (layer.Arithmetic is Int8Arithmetic)
            throw new InvalidOperationException("weights in integers are for inference on the CPU; open the model with precision f32");
    }
}

/// <summary>What a file has of a weight in integers.</summary>
/// <param name="Weight">The integers.</param>
/// <param name="WeightScale">Their scales.</param>
/// <param name="InputScale">The input's scale.</param>
/// <param name="ZeroPoint">The input's zero.</param>
internal sealed record Int8Entry(
    SafetensorsEntry Weight,
    SafetensorsEntry WeightScale,
    SafetensorsEntry InputScale,
    SafetensorsEntry ZeroPoint
)
{
    /// <summary>The names of what is beside the weight.</summary>
    public IEnumerable<string> Companions => [WeightScale.Name, InputScale.Name, ZeroPoint.Name];

    /// <summary>The weight in float32; the caller owns it.</summary>
    public Tensor ToFloat(WeightSource source)
    {
        using var scope = NewDisposeScope();
        var (weight, scale) = (source.Read(Weight.Name), source.Read(WeightScale.Name));
        return (weight.to(float32) * scale.reshape([-1, .. Enumerable.Repeat(1L, Weight.Shape.Count - 1)])).MoveToOuterDisposeScope();
    }

    /// <summary>Arithmetic with the integers, which stay where they lie.</summary>
    /// <exception cref="WeightsException">A scale is none.</exception>
    public Int8Arithmetic ToArithmetic(WeightSource source)
    {
        using var scope = NewDisposeScope();
        var weightScale = source.Read(WeightScale.Name);
        var input = new InputScale(source.Read(InputScale.Name).item<float>(), source.Read(ZeroPoint.Name).item<int>());
        if (
            !(input.Scale > 0 && float.IsFinite(input.Scale))
            || input.ZeroPoint is < 0 or > Torch.InputScale.Largest
            || weightScale.data<float>().Any(scale => !(scale > 0 && float.IsFinite(scale)))
        )
            throw new WeightsException(
                $"{source.Path}: the scales of '{Weight.Name}' are none: finite numbers above 0 and a zero of 0 to {Torch.InputScale.Largest} are needed; make the model anew (groundling quantize)"
            );
        return new(source.Read(Weight.Name), weightScale, input);
    }
}
