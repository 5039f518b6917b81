using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>Values given on the command line instead of a config file's.</summary>
public static class ConfigChanges
{
    private const int Listed = 12; // keys in a message
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
            _ = root?.ToJsonString();
        }
        // The latter two of texts that are no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InputException($"no {what}: {e.Message}", e);
        }
        if (root is not JsonObject config)
            throw new InputException($"no {what}: a JSON object was expected");
        var known = JsonNode.Parse(ConfigJson.Write(defaults))!.AsObject();
        RequireKnown(config, known, known, "");
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
        var (keys, all) = (change[..at].Split('.'), known);
        for (var i = 0; i < keys.Length; i++)
        {
            if (!known.TryGetPropertyValue(keys[i], out var value))
                throw new InputException($"{change}: {Unknown(keys[i], known, all)}").About("set");
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
        catch (Exception e) when (e is JsonException or ArgumentException)
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
        // The latter two of texts that are no Unicode.
        catch (Exception e) when (e is InputException or InvalidOperationException or ArgumentException)
        {
            throw new InputException($"{change}: the key cannot have this value", e).About("set");
        }
    }

    private static void RequireKnown(JsonObject config, JsonObject known, JsonObject all, string within)
    {
        foreach (var (key, value) in config)
        {
            if (!known.TryGetPropertyValue(key, out var same))
                throw new InputException($"{(within.Length == 0 ? "" : $"in '{within}': ")}{Unknown(key, known, all)}");
            if (value is JsonObject inner && same is JsonObject known2)
                RequireKnown(inner, known2, all, within.Length == 0 ? key : $"{within}.{key}");
        }
    }

    /// <summary>Names the key that was meant: one that is nearly so called, or one that is so called elsewhere; else some.</summary>
    private static string Unknown(string key, JsonObject known, JsonObject all)
    {
        var meant =
            Nearest.To(key, known.Select(pair => pair.Key))
            ?? Paths(all, "").FirstOrDefault(path => path.EndsWith($".{key}", StringComparison.OrdinalIgnoreCase));
        return $"there is no key '{key}'; "
            + (
                meant is null
                    ? $"the nearest are {string.Join(", ", Nearest.ManyTo(key, known.Select(pair => pair.Key), Listed))}"
                    : $"did you mean '{meant}'?"
            );
    }

    private static IEnumerable<string> Paths(JsonObject known, string within) =>
        known.SelectMany(pair =>
            pair.Value is JsonObject inner ? Paths(inner, $"{within}{pair.Key}.").Prepend(within + pair.Key) : [within + pair.Key]
        );
}
