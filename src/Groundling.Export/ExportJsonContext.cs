using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Export.Coco;
using Groundling.Export.Cvat;
using Groundling.Export.LabelStudio;
using Groundling.Export.Masks;

namespace Groundling.Export;

/// <summary>
/// How records become JSON, made by the compiler: snake-case names, what is null left out, letters of all scripts as they are.
/// </summary>
[JsonSerializable(typeof(CocoImage))]
[JsonSerializable(typeof(CocoInstance))]
[JsonSerializable(typeof(CocoMap))]
[JsonSerializable(typeof(IEnumerable<CocoCategory>))]
[JsonSerializable(typeof(LabelStudioTask))]
[JsonSerializable(typeof(GeoCollection))]
[JsonSerializable(typeof(IEnumerable<MaskEntry>))]
[JsonSerializable(typeof(IEnumerable<CvatLabel>))]
internal sealed partial class ExportJsonContext : JsonSerializerContext
{
    public static ExportJsonContext Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
