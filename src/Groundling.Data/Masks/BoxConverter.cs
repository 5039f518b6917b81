using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Data;

/// <summary>A box as COCO writes it: [x, y, width, height], in one line.</summary>
internal sealed class BoxConverter : JsonConverter<Box>
{
    public override Box Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NumberList.Read(ref reader) is [var x, var y, var width, var height]
            ? new(x, y, width, height)
            : throw new JsonException("a box has four numbers: x, y, width, height");

    public override void Write(Utf8JsonWriter writer, Box value, JsonSerializerOptions options) =>
        NumberList.Write(writer, value.X, value.Y, value.Width, value.Height);
}
