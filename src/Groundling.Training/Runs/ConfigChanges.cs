using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>Values given on the command line instead of a config file's.</summary>
public static class ConfigChanges
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Applies changes of the form <c>key=value</c>, where a key may lead into objects: <c>train.steps=40</c>.</summary>
    /// <param name="json">The config file's text.</param>
    /// <param name="defaults">A config that has every key.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="what">What the text is, for messages.</param>
    /// <returns>The changed text.</returns>
    /// <exception cref="InputException">
    /// The text is no JSON object, or a change has an unknown key or a value of the wrong kind.
    /// </exception>
    public static string Apply<T>(string json, T defaults, IEnumerable<string> changes, string what)
        where T : class
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json, documentOptions: Lenient);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of a key that is no Unicode
        {
            throw new InputException($"no {what}: {e.Message}", e);
        }
        if (root is not JsonObject config)
            throw new InputException($"no {what}: a JSON object was expected");
        var known = JsonNode.Parse(ConfigJson.Write(defaults))!.AsObject();
        RequireKnown(config, known, "");
        foreach (var change in changes)
        {
            Set(config, known, change);
            Check<T>(config, change);
        }
        return config.ToJsonString();
    }

    private static void Set(JsonObject config, JsonObject known, string change)
    {
        var at = change.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw new InputException($"{change}: write it as KEY=VALUE, for example train.steps=40").About("set");
        var keys = change[..at].Split('.');
        for (var i = 0; i < keys.Length; i++)
        {
            if (!known.TryGetPropertyValue(keys[i], out var value))
                throw new InputException($"{change}: {Unknown(keys[i], known)}").About("set");
            if (i == keys.Length - 1)
            {
                if (value is JsonObject)
                    throw new InputException(
                        $"{change}: '{change[..at]}' has keys of its own: {string.Join(", ", value.AsObject().Select(pair => pair.Key))}"
                    ).About("set");
                config[keys[i]] = ValueOf(change[(at + 1)..], value);
            }
            else
            {
                known =
                    value as JsonObject
                    ?? throw new InputException($"{change}: '{string.Join('.', keys[..(i + 1)])}' has no keys of its own").About("set");
                if (config[keys[i]] is not JsonObject)
                    config[keys[i]] = new JsonObject();
                config = config[keys[i]]!.AsObject();
            }
        }
    }

    /// <summary>A text where the key's default is one; else whatever JSON it is.</summary>
    private static JsonNode? ValueOf(string text, JsonNode? instead)
    {
        if (instead?.GetValueKind() == JsonValueKind.String)
            return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static void Check<T>(JsonObject config, string change)
        where T : class
    {
        try
        {
            ConfigJson.Parse<T>(config.ToJsonString(), "config");
        }
        catch (InputException e)
        {
            throw new InputException($"{change}: the key cannot have this value", e).About("set");
        }
    }

    private static void RequireKnown(JsonObject config, JsonObject known, string within)
    {
        foreach (var (key, value) in config)
        {
            if (!known.TryGetPropertyValue(key, out var same))
                throw new InputException($"{(within.Length == 0 ? "" : $"in '{within}': ")}{Unknown(key, known)}");
            if (value is JsonObject inner && same is JsonObject known2)
                RequireKnown(inner, known2, within.Length == 0 ? key : $"{within}.{key}");
        }
    }

    private static string Unknown(string key, JsonObject known) =>
        $"there is no key '{key}'; there are {string.Join(", ", known.Select(pair => pair.Key))}";
}
