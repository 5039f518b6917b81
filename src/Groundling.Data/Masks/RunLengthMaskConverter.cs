using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Data;

/// <summary>A mask as COCO writes it: { "size": [height, width], "counts": "..." }.</summary>
internal sealed class RunLengthMaskConverter : JsonConverter<RunLengthMask>
{
    private const string Expected = "a mask is an object with \"size\": [height, width] and \"counts\", COCO's compressed text";

    public override RunLengthMask Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException(Expected);
        List<int>? size = null;
        string? counts = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isSize, isCounts) = (reader.ValueTextEquals("size"), reader.ValueTextEquals("counts"));
            reader.Read();
            if (isSize)
                size = NumberList.Read(ref reader);
            else if (isCounts)
                counts = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException(Expected);
            else
                reader.Skip();
        }
        if (counts is null || size is not [> 0 and var height, > 0 and var width] || (long)width * height > int.MaxValue)
            throw new JsonException(Expected);
        try
        {
            return RunLengthMask.Parse(counts, width, height);
        }
        catch (InputException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, RunLengthMask value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("size");
        NumberList.Write(writer, value.Height, value.Width);
        writer.WriteString("counts", value.ToCompressed());
        writer.WriteEndObject();
    }
}
