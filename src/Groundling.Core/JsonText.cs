using System.Text.Encodings.Web;
using System.Text.Json;

namespace Groundling.Core;

/// <summary>Texts in JSON of any origin.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value's text; null where it is of another kind, or no Unicode (not UTF-8, half of a surrogate pair).</summary>
    public static string? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// A member of an object; null where there is none, the value is no object, or a key among which it is looked for is no Unicode.
    /// </summary>
    public static JsonElement? Member(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A value in one short line, for a message, however it was written.</summary>
    public static string Quoted(JsonElement value)
    {
        const int most = 80;
        string text;
        try
        {
            _ = value.GetRawText(); // throws where the serializer would write a replacement for bytes
            text = JsonSerializer.Serialize(value, OneLine);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException) // bytes that are not UTF-8, half a surrogate pair
        {
            return "text that is not Unicode";
        }
        return text.Length <= most ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[most - 4]) ? most - 4 : most - 3)}...";
    }
}
