using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>Everything that the figures depend on.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Model">The model folder's name and a mark of its content; null for baselines and foreign predictions.</param>
/// <param name="Trained">The same of the trained parts; null where there are none.</param>
/// <param name="Data">The benchmark folder's name and a mark of its annotations.</param>
/// <param name="Split">"train", "val", ...</param>
/// <param name="Protocol">The <see cref="ResolutionProtocol"/>'s name.</param>
/// <param name="Groups">The <see cref="GroupRule"/>'s name.</param>
/// <param name="Size">The network's longer side; 0 keeps each picture's own.</param>
/// <param name="Threshold">A pixel is inside when its probability is greater.</param>
/// <param name="Limit">How many narratives at most; null for all.</param>
public sealed record EvaluationSettings(
    string Method,
    ContentMark? Model,
    ContentMark? Trained,
    ContentMark Data,
    string Split,
    string Protocol,
    string Groups,
    int Size,
    double Threshold,
    int? Limit
)
{
    /// <summary>The settings as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.OneLine);

    /// <summary>Refuses to mix results of other settings with these.</summary>
    /// <param name="earlier">The settings of an earlier run, as JSON.</param>
    /// <param name="where">The file they stand in.</param>
    /// <exception cref="InputException">A setting differs; the message names it, with both values.</exception>
    public void RequireSame(string earlier, string where)
    {
        JsonObject? then;
        try
        {
            then = JsonNode.Parse(earlier) as JsonObject;
        }
        catch (JsonException)
        {
            then = null;
        }
        if (then?["method"] is null)
            throw new InputException($"{where} does not begin with the settings of an evaluation; name another folder").About("out");
        var now = JsonNode.Parse(ToJson())!.AsObject();
        foreach (var (name, value) in now)
        {
            var before = then[name];
            if (!JsonNode.DeepEquals(before, value))
                throw new InputException(
                    $"{where} was begun with {name} {Shown(before, value)}, this run has {Shown(value, before)}; give the same settings, or name another folder"
                ).About("out");
        }
    }

    private static string Shown(JsonNode? value, JsonNode? other) =>
        value switch
        {
            null => "none",
            JsonObject mark when other is JsonObject && mark["name"]?.ToString() == other["name"]?.ToString() =>
                $"{mark["name"]} of other content ({mark["content"]})",
            JsonObject mark => $"{mark["name"]}",
            _ => value.ToString(),
        };
}
