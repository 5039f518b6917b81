using System.Text.Json;
using System.Text.Json.Nodes;

namespace Groundling.Training;

/// <summary>Where two configs differ.</summary>
internal static class ConfigDifference
{
    /// <summary>The first key in which the configs differ, with both values as JSON; null where there is none.</summary>
    /// <param name="before">A JSON object.</param>
    /// <param name="now">Another.</param>
    /// <param name="defaults">
    /// A JSON object with the values that keys have where the config before was written without them, as by an earlier version.
    /// </param>
    /// <param name="mayDiffer">Full keys, such as "train.threads", that are not compared.</param>
    /// <exception cref="JsonException">One of the texts is not JSON.</exception>
    public static (string Key, string Before, string Now)? Between(
        string before,
        string now,
        string defaults,
        IReadOnlyCollection<string> mayDiffer
    ) => Between(Parse(before), Parse(now), Parse(defaults), "", mayDiffer);

    private static JsonNode? Parse(string json) => JsonNode.Parse(json, documentOptions: ConfigValues.Once);

    private static (string, string, string)? Between(
        JsonNode? before,
        JsonNode? now,
        JsonNode? defaults,
        string key,
        IReadOnlyCollection<string> mayDiffer
    )
    {
        if (mayDiffer.Contains(key) || JsonNode.DeepEquals(before, now))
            return null;
        if (before is not JsonObject left || now is not JsonObject right)
            return (key, Shown(before), Shown(now));
        return left.Select(pair => pair.Key)
            .Union(right.Select(pair => pair.Key))
            .Select(name =>
                Between(
                    left.ContainsKey(name) ? left[name] : Default(name),
                    right[name],
                    Default(name),
                    key.Length == 0 ? name : $"{key}.{name}",
                    mayDiffer
                )
            )
            .FirstOrDefault(difference => difference is not null);

        JsonNode? Default(string name) => (defaults as JsonObject)?[name];
    }

    private static string Shown(JsonNode? value) => value?.ToJsonString() ?? "nothing";
}
