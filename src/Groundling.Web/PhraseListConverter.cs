using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Web;

/// <summary>Reads a list of phrases, and no more than a request may have: a body of millions of them is never built.</summary>
internal sealed class PhraseListConverter : JsonConverter<IReadOnlyList<string>?>
{
    public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var phrases = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException();
            GroundRequest.RequireRoomFor(phrases.Count + 1);
            phrases.Add(reader.GetString()!);
        }
        return phrases;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string>? value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value ?? [], options);
}
