using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Core;

/// <summary>
/// How config files are read and written: camel case, comments and trailing commas allowed, unknown keys refused, numbers never as enum
/// values.
/// </summary>
public static class ConfigJson
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The text of a config file.</summary>
    /// <exception cref="InputException">It cannot be read; the message begins with the path.</exception>
    public static string ReadText(string path) => PlainText.Read(path);

    /// <summary>The config of a JSON text; its ranges are still to be checked.</summary>
    /// <param name="json">The text; what it leaves out has its default.</param>
    /// <param name="what">What it is to be, for the message: "grounding config".</param>
    /// <exception cref="InputException">It is not JSON, or has an unknown key or a value of the wrong kind.</exception>
    public static T Parse<T>(string json, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Style) ?? throw new InputException("a JSON object was expected");
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter of half a surrogate pair
        {
            throw new InputException($"no {what}: {e.Message}", e);
        }
    }

    /// <summary>The whole config as JSON, defaults included.</summary>
    public static string Write<T>(T config) => JsonSerializer.Serialize(config, Style);

    /// <summary>Refuses a value that breaks a rule.</summary>
    /// <param name="holds">Whether the rule holds.</param>
    /// <param name="key">The value's key, as it stands in the file.</param>
    /// <param name="value">The value.</param>
    /// <param name="rule">What is needed.</param>
    /// <exception cref="InputException">The rule does not hold.</exception>
    public static void Require(bool holds, string key, object? value, string rule)
    {
        if (!holds)
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"'{key}' is {value ?? "null"}; {rule}"));
    }
}
