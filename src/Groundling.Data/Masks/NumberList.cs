using System.Text.Json;

namespace Groundling.Data;

/// <summary>A few whole numbers as a JSON array that stands in one line, also where others are indented.</summary>
internal static class NumberList
{
    public static List<int> Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a list of whole numbers was expected");
        var numbers = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            numbers.Add(
                reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number)
                    ? number
                    : throw new JsonException("a whole number was expected")
            );
        return numbers;
    }

    public static void Write(Utf8JsonWriter writer, params ReadOnlySpan<int> numbers) =>
        writer.WriteRawValue($"[{string.Join(writer.Options.Indented ? ", " : ",", numbers.ToArray())}]");
}
