using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Export.Coco;

/// <summary>A segmentation: run lengths where there is a mask, else polygons.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record CocoSegmentation(RunLengthMask? Mask, IReadOnlyList<MaskPolygon> Polygons)
{
    /// <summary>Writes COCO's two forms; nothing here reads them.</summary>
    public sealed class Converter : JsonConverter<CocoSegmentation>
    {
        public override CocoSegmentation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("COCO's instances are written only.");

        public override void Write(Utf8JsonWriter writer, CocoSegmentation value, JsonSerializerOptions options)
        {
            if (value.Mask is { } mask)
            {
                writer.WriteStartObject();
                writer.WriteStartArray("size");
                writer.WriteNumberValue(mask.Height);
                writer.WriteNumberValue(mask.Width);
                writer.WriteEndArray();
                writer.WriteString("counts", mask.ToCompressed());
                writer.WriteEndObject();
                return;
            }
            writer.WriteStartArray();
            foreach (var piece in value.Polygons)
            {
                writer.WriteStartArray();
                foreach (var corner in JoinedOutline.Of(piece))
                {
                    writer.WriteNumberValue(corner.X);
                    writer.WriteNumberValue(corner.Y);
                }
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
    }
}
