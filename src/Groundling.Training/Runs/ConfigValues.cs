using System.Text.Json;
using System.Text.Json.Nodes;

namespace Groundling.Training;

/// <summary>A config as a list of full keys, such as "train.steps", with values as JSON.</summary>
internal static class ConfigValues
{
    /// <summary>A key that stands twice says nothing.</summary>
    public static JsonDocumentOptions Once { get; } = new() { AllowDuplicateProperties = false };

    /// <summary>The keys in the config's order; lists are values.</summary>
    public static IReadOnlyDictionary<string, string> Of(JsonNode? config)
    {
        var values = new OrderedDictionary<string, string>();
        Add(config, "");
        return values;

        void Add(JsonNode? value, string key)
        {
            if (value is JsonObject inner)
                foreach (var (name, member) in inner)
                    Add(member, key.Length == 0 ? name : $"{key}.{name}");
            else if (key.Length > 0)
                values[key] = value?.ToJsonString() ?? "null";
        }
    }
}
