using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling;

/// <summary>A grounding as its document: without the picture, whose pixels are the caller's already.</summary>
internal sealed class GroundingConverter : JsonConverter<Grounding>
{
    public override Grounding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException(
            "A grounding's JSON has no picture: read it as a GroundingDocument, and give that the picture by ToGrounding."
        );

    public override void Write(Utf8JsonWriter writer, Grounding value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, GroundingDocument.From(value), GroundingJsonContext.OneLine.GroundingDocument);
}
