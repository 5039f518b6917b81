using System.Text.Json;
using Groundling.Core;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web.LabelStudio;

/// <summary>What Label Studio sends to /setup; what else it sends is passed over.</summary>
internal sealed record SetupRequest(string? Schema);

/// <summary>What Label Studio sends to /predict; what else it sends is passed over.</summary>
internal sealed record PredictRequest(IReadOnlyList<TaskRequest>? Tasks, JsonElement Project, string? LabelConfig, JsonElement Params)
{
    // Its protocol grows: unknown members are no fault.
    private static readonly JsonSerializerOptions Style = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The project, as it names itself.</summary>
    public string ProjectName => Project.ValueKind == JsonValueKind.Undefined ? "" : Project.ToString();

    /// <summary>What was typed in the interface: the text of the context's last text area; null where nothing was.</summary>
    public string? Prompt
    {
        get
        {
            string? last = null;
            foreach (var region in Items(Member(Member(Params, "context"), "result")))
            {
                var text = Member(Member(region, "value"), "text");
                last = TextOf(text.ValueKind == JsonValueKind.Array ? Items(text).LastOrDefault() : text) ?? last;
            }
            return last;
        }
    }

    /// <summary>Reads a body of Label Studio's.</summary>
    /// <exception cref="RequestException">It is no JSON object of the protocol.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Style, cancellation) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "the body is not a JSON object as Label Studio sends it");
        }
    }

    /// <summary>A text that says something.</summary>
    public static string? TextOf(JsonElement value) => JsonText.Of(value)?.Trim() is { Length: > 0 } text ? text : null;

    private static JsonElement Member(JsonElement value, string name) => JsonText.Member(value, name) ?? default;

    private static IEnumerable<JsonElement> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
}

/// <summary>A task: its data by the configuration's fields.</summary>
internal sealed record TaskRequest(IReadOnlyDictionary<string, JsonElement>? Data)
{
    /// <summary>The first of some fields that holds a text.</summary>
    public string? Text(params IEnumerable<string> fields) =>
        fields
            .Select(field => Data is not null && Data.TryGetValue(field, out var value) ? PredictRequest.TextOf(value) : null)
            .FirstOrDefault(text => text is not null);
}
