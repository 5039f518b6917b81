using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>How journals and reports are written and read back: whole, and without a key that is not known.</summary>
internal static class EvaluationJson
{
    public static JsonSerializerOptions OneLine { get; } = Strict(SnakeCaseJson.OneLine);

    public static JsonSerializerOptions Indented { get; } = Strict(SnakeCaseJson.Indented);

    private static JsonSerializerOptions Strict(JsonSerializerOptions style) =>
        new(style)
        {
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
}
