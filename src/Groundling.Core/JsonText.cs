using System.Text.Json;

namespace Groundling.Core;

/// <summary>Texts in JSON of any origin.</summary>
public static class JsonText
{
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
}
