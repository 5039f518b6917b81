using System.Text.Json;

namespace Groundling.Hub;

/// <summary>What a repository holds at one commit.</summary>
/// <param name="Repository">Its name now, which may differ from the one that was asked for.</param>
/// <param name="Commit">The commit's 40 digits.</param>
/// <param name="PipelineClass">The class that the hub read from <c>model_index.json</c>, or null.</param>
/// <param name="Files">All its files.</param>
public sealed record HubListing(string Repository, string Commit, string? PipelineClass, IReadOnlyList<HubFile> Files)
{
    /// <summary>Reads the hub's answer.</summary>
    /// <exception cref="HubException">It is none.</exception>
    internal static HubListing Read(byte[] json, HubReference asked, string host)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var commit = root.GetProperty("sha").GetString() ?? "";
            if (!HubReference.Commit().IsMatch(commit))
                throw new FormatException("'sha' is no commit");
            var files = root.GetProperty("siblings").EnumerateArray().Select(ReadFile).DistinctBy(file => file.Path).ToList();
            return new(
                Text(root, "id") ?? asked.Repository,
                commit,
                Inside(root, "config", "diffusers") is { } config ? Text(config, "_class_name") : null,
                files
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new HubException(
                $"{host} lists {asked} in a form that is not the hub's: {OneLine.Of(e.Message)}; is HF_ENDPOINT right?",
                e
            );
        }
    }

    private static HubFile ReadFile(JsonElement file)
    {
        var large = Inside(file, "lfs");
        var size = (large is { } lfs && Number(lfs, "size") is { } bytes ? bytes : Number(file, "size"));
        if (size < 0)
            throw new FormatException("a file has less than no bytes");
        return new(
            file.GetProperty("rfilename").GetString() ?? "",
            size,
            large is { } pointer ? (Text(pointer, "sha256") ?? Text(pointer, "oid"))?.ToLowerInvariant() : null
        );
    }

    private static JsonElement? Inside(JsonElement element, params string[] names)
    {
        foreach (var name in names)
        {
            if (
                element.ValueKind != JsonValueKind.Object
                || !element.TryGetProperty(name, out var inner)
                || inner.ValueKind != JsonValueKind.Object
            )
                return null;
            element = inner;
        }
        return element;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
