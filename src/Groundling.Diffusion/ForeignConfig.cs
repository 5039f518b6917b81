using System.Text.Json;

namespace Groundling.Diffusion;

/// <summary>A config file that other programs wrote: unknown keys are none of our business, known ones are checked.</summary>
internal sealed class ForeignConfig
{
    private readonly JsonElement _root;

    private ForeignConfig(string path, JsonElement root) => (Path, _root) = (path, root);

    public string Path { get; }

    /// <exception cref="ModelException">The file is missing or not a JSON object.</exception>
    public static ForeignConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ModelException($"{path}: a JSON object was expected");
            return new ForeignConfig(path, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path}: is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    public bool Has(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    public string Text(string key, string? fallback = null) => Get(key, "a text", fallback, e => e.GetString()!);

    public long Integer(string key, long? fallback = null) => Get(key, "a whole number", fallback, e => e.GetInt64(), value => value);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Count(string key, int most, long? fallback = null, int least = 1)
    {
        var value = Integer(key, fallback);
        Require(value >= least && value <= most, key, $"{least} to {most} is needed");
        return (int)value;
    }

    public double Number(string key, double? fallback = null) => Get(key, "a number", fallback, e => e.GetDouble(), value => value);

    public bool Flag(string key, bool fallback) => Get(key, "true or false", fallback, e => e.GetBoolean(), value => value);

    public long[] Integers(string key) => Get<long[]>(key, "a list of whole numbers", null, e => [.. e.EnumerateArray().Select(item => item.GetInt64())]);

    public string[] Texts(string key) => Get<string[]>(key, "a list of texts", null, e => [.. e.EnumerateArray().Select(item => item.GetString()!)]);

    /// <summary>A token given as a text, or as an object with its text as <c>content</c>; null where there is none.</summary>
    public string? TokenText(string key)
    {
        if (!_root.TryGetProperty(key, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content)) value = content;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>Whether a flag, or every flag of a list, is false.</summary>
    public bool IsFalse(string key)
    {
        var value = _root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.False) : value.ValueKind == JsonValueKind.False;
    }

    /// <summary>One number for all levels, or a list with one for each.</summary>
    public long[] IntegerPerLevel(string key, int levels)
    {
        var values = Get<long[]>(key, "a whole number or a list of them", null,
            e => e.ValueKind == JsonValueKind.Array ? [.. e.EnumerateArray().Select(item => item.GetInt64())] : [.. Enumerable.Repeat(e.GetInt64(), levels)]);
        return values.Length == levels ? values : throw Fault(key, $"has {values.Length} values for {levels} levels");
    }

    /// <summary>Refuses a config whose setting belongs to a kind of model that is not ours.</summary>
    public void Require(bool holds, string key, string rule)
    {
        if (!holds) throw Fault(key, rule);
    }

    public ModelException Fault(string key, string rule) => new($"{Path}: '{key}' is {(_root.TryGetProperty(key, out var value) ? value.GetRawText() : "missing")}; {rule}");

    private T Get<T>(string key, string kind, T? fallback, Func<JsonElement, T> read) where T : class
    {
        if (!Has(key)) return fallback ?? throw Fault(key, $"{kind} is needed");
        try { return read(_root.GetProperty(key)) ?? throw Fault(key, $"{kind} is needed"); }
        catch (Exception e) when (e is InvalidOperationException or FormatException) { throw Fault(key, $"{kind} is needed"); }
    }

    private T Get<T>(string key, string kind, T? fallback, Func<JsonElement, T> read, Func<T, T> check) where T : struct
    {
        if (!Has(key)) return fallback ?? throw Fault(key, $"{kind} is needed");
        try { return check(read(_root.GetProperty(key))); }
        catch (Exception e) when (e is InvalidOperationException or FormatException) { throw Fault(key, $"{kind} is needed"); }
    }
}
