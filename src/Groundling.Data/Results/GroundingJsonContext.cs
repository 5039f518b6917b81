using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Data;

namespace Groundling;

/// <summary>
/// How groundings become JSON, made by the compiler: snake-case names, and letters of all scripts as they are, for files and no web page.
/// </summary>
[JsonSerializable(typeof(GroundingDocument))]
[JsonSerializable(typeof(PanopticDocument))]
internal sealed partial class GroundingJsonContext : JsonSerializerContext
{
    public static GroundingJsonContext Indented { get; } = Make(indented: true);

    public static GroundingJsonContext OneLine { get; } = Make(indented: false);

    private static GroundingJsonContext Make(bool indented) =>
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                WriteIndented = indented,
                NewLine = "\n",
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                RespectNullableAnnotations = true,
            }
        );
}
