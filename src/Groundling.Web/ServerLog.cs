using System.Text.Encodings.Web;
using System.Text.Json;

namespace Groundling.Web;

/// <summary>The service's log: a line of JSON for each event. No word of a caption and no picture ever goes there.</summary>
/// <param name="writer">Where the lines go.</param>
internal sealed class ServerLog(TextWriter writer)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _one = new();

    /// <param name="entry">An object whose members are the line's.</param>
    public void Write<T>(T entry)
    {
        var members = JsonSerializer.Serialize(entry, OneLine);
        lock (_one)
        {
            writer.WriteLine($"{{\"time\":\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}\",{members.AsSpan(1)}");
            writer.Flush();
        }
    }
}
