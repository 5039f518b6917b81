using System.Text.Json;
using Groundling.Core;

namespace Groundling.Diffusion;

/// <summary>
/// A config file that other programs wrote. Every key is read and checked, or named as harmless, or refused: none is passed over in
/// silence.
/// </summary>
internal sealed class ForeignConfig
{
    private readonly HashSet<string> _asked = [];
    private readonly JsonElement _root;

    private ForeignConfig(string path, JsonElement root) => (Path, _root) = (path, root);

    public string Path { get; }

    /// <exception cref="ModelException">The file is missing or not a JSON object.</exception>
    public static ForeignConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                    AllowDuplicateProperties = false,
                }
            );
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelException($"{path}: a JSON object was expected");
            _ = document.RootElement.EnumerateObject().Count(property => property.Name.Length == 0); // each name can be read
            return new ForeignConfig(path, document.RootElement.Clone());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of a key that is no Unicode
        {
            throw new ModelException(GitLfs.IsPointer(path) ? $"{path}: {GitLfs.Advice}" : $"{path}: is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key) =>
        Known(key) && _root.TryGetProperty(key, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    /// <summary>Refuses keys that nobody asked for: what they change would be passed over.</summary>
    /// <param name="harmless">Keys that change no number that is computed here.</param>
    /// <remarks>
    /// Keys that begin with an underscore say who wrote the file; null is how a library writes a key that it does not use.
    /// </remarks>
    public void RefuseUnknownKeys(params IEnumerable<string> harmless)
    {
        _asked.UnionWith(harmless);
        foreach (var property in _root.EnumerateObject())
            if (property.Name is not ['_', ..] && property.Value.ValueKind != JsonValueKind.Null && !_asked.Contains(property.Name))
                throw Fault(property.Name, "this key is not known, so what it changes is not either; remove it if it changes nothing");
    }

    /// <summary>Refuses a config whose key has any other value than null or the one that leaves things as they are.</summary>
    public void RequireUnused(string rule, params IEnumerable<string> keys)
    {
        foreach (var key in keys)
            Require(!Has(key) || _root.GetProperty(key).ValueKind == JsonValueKind.False, key, rule);
    }

    /// <summary>Whether a key is there and null, which for some keys is a value.</summary>
    public bool IsNull(string key) => Known(key) && _root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Null;

    public string Text(string key, string? fallback = null) => Get(key, "a text", fallback, e => e.GetString()!);

    public long Integer(string key, long? fallback = null) => GetValue(key, "a whole number", fallback, e => e.GetInt64());

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Count(string key, int most, long? fallback = null, int least = 1)
    {
        var value = Integer(key, fallback);
        Require(value >= least && value <= most, key, $"{least} to {most} is needed");
        return (int)value;
    }

    public double Number(string key, double? fallback = null) => GetValue(key, "a number", fallback, e => e.GetDouble());

    public bool Flag(string key, bool fallback) => GetValue(key, "true or false", fallback, e => e.GetBoolean());

    public double[] Numbers(string key) =>
        Get<double[]>(key, "a list of numbers", null, e => [.. e.EnumerateArray().Select(item => item.GetDouble())]);

    public long[] Integers(string key, long[]? fallback = null) =>
        Get<long[]>(key, "a list of whole numbers", fallback, e => [.. e.EnumerateArray().Select(item => item.GetInt64())]);

    public string[] Texts(string key, string[]? fallback = null) =>
        Get<string[]>(key, "a list of texts", fallback, e => [.. e.EnumerateArray().Select(item => item.GetString()!)]);

    /// <summary>A token given as a text, or as an object with its text as <c>content</c>; null where there is none.</summary>
    public string? TokenText(string key)
    {
        if (!Known(key) || !_root.TryGetProperty(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content))
            value = content;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>Whether a flag, or every flag of a list, is false.</summary>
    public bool IsFalse(string key)
    {
        var value = _root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.False)
            : value.ValueKind == JsonValueKind.False;
    }

    /// <summary>Whether a list or an object holds nothing.</summary>
    public bool IsEmpty(string key)
    {
        var value = _root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Object
            ? !value.EnumerateObject().Any()
            : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
    }

    /// <summary>One number for all levels, or a list with one for each.</summary>
    public long[] IntegerPerLevel(string key, int levels, long? fallback = null)
    {
        var values = Get<long[]>(
            key,
            "a whole number or a list of them",
            fallback is { } value ? [value] : null,
            e => e.ValueKind == JsonValueKind.Array ? [.. e.EnumerateArray().Select(item => item.GetInt64())] : [e.GetInt64()]
        );
        if (values.Length == levels)
            return values;
        return values.Length == 1 && !IsList(key)
            ? [.. Enumerable.Repeat(values[0], levels)]
            : throw Fault(key, $"has {values.Length} values for {levels} levels");
    }

    /// <summary>
    /// One number from <paramref name="least"/> to <paramref name="most"/>, given once or for each level, where no two levels may differ.
    /// </summary>
    public int CountOfAllLevels(string key, int levels, int most, long? fallback = null, int least = 1)
    {
        var values = IntegerPerLevel(key, levels, fallback);
        Require(values.All(value => value == values[0]), key, "levels that differ in it are not supported");
        Require(values[0] >= least && values[0] <= most, key, $"{least} to {most} is needed");
        return (int)values[0];
    }

    /// <summary>A side, or the longer one of a list of height and width.</summary>
    public int Side(string key, int most, int least, int fallback)
    {
        var sides = Has(key) && IsList(key) ? Integers(key) : [Integer(key, IsNull(key) ? null : fallback)];
        Require(
            sides.Length is 1 or 2 && sides.All(side => side >= least && side <= most),
            key,
            $"{least} to {most} is needed, or a height and a width of that size"
        );
        return (int)sides.Max();
    }

    /// <summary>Refuses a config whose setting belongs to a kind of model that is not ours.</summary>
    public void Require(bool holds, string key, string rule)
    {
        if (!holds)
            throw Fault(key, rule);
    }

    public ModelException Fault(string key, string rule) =>
        new($"{Path}: '{key}' is {(_root.TryGetProperty(key, out var value) ? JsonText.Quoted(value) : "missing")}; {rule}");

    private bool Known(string key)
    {
        _asked.Add(key);
        return true;
    }

    /// <summary>
    /// A key that is null is not one left out: what null means is the key's own matter, so it is refused where a value is needed.
    /// </summary>
    private bool IsMissing(string key, string kind) => IsNull(key) ? throw Fault(key, $"{kind} is needed") : !Has(key);

    private bool IsList(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array;

    private T Get<T>(string key, string kind, T? fallback, Func<JsonElement, T> read)
        where T : class => IsMissing(key, kind) ? fallback ?? throw Fault(key, $"{kind} is needed") : Read(key, kind, read);

    private T GetValue<T>(string key, string kind, T? fallback, Func<JsonElement, T> read)
        where T : struct => IsMissing(key, kind) ? fallback ?? throw Fault(key, $"{kind} is needed") : Read(key, kind, read);

    private T Read<T>(string key, string kind, Func<JsonElement, T> read)
    {
        try
        {
            return read(_root.GetProperty(key)) ?? throw Fault(key, $"{kind} is needed");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw Fault(key, $"{kind} is needed");
        }
    }
}
