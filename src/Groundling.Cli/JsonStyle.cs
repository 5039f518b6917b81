using System.Text.Encodings.Web;
using System.Text.Json;

namespace Groundling.Cli;

/// <summary>How the command writes JSON: snake case, letters of all scripts as they are.</summary>
internal static class JsonStyle
{
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    public static JsonSerializerOptions OneLine { get; } = Make(indented: false);

    private static JsonSerializerOptions Make(bool indented) =>
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = indented,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}
