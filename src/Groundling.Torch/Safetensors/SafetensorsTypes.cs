using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>The format's names of the element types.</summary>
public static class SafetensorsTypes
{
    private static readonly (string Name, ScalarType Type)[] Known =
    [
        ("F64", ScalarType.Float64),
        ("F32", ScalarType.Float32),
        ("F16", ScalarType.Float16),
        ("BF16", ScalarType.BFloat16),
        ("I64", ScalarType.Int64),
        ("I32", ScalarType.Int32),
        ("I16", ScalarType.Int16),
        ("I8", ScalarType.Int8),
        ("U8", ScalarType.Byte),
        ("BOOL", ScalarType.Bool),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(pair => pair.Name));

    /// <summary>The type of a name as it stands in a header.</summary>
    public static bool TryParse(string name, out ScalarType type)
    {
        var at = Array.FindIndex(Known, pair => pair.Name == name);
        type = at < 0 ? default : Known[at].Type;
        return at >= 0;
    }

    /// <summary>Whether a type holds fractions.</summary>
    public static bool IsFloat(ScalarType type) =>
        type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>The name of a type as it stands in a header.</summary>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public static string Name(ScalarType type)
    {
        var at = Array.FindIndex(Known, pair => pair.Type == type);
        return at >= 0 ? Known[at].Name : throw new NotSupportedException($"safetensors has no {type}");
    }
}
