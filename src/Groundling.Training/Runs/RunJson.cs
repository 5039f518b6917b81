using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>How run folders write JSON: snake case, letters of all scripts as they are.</summary>
internal static class RunJson
{
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    public static JsonSerializerOptions OneLine { get; } = Make(indented: false);

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write<T>(string path, T value) => AtomicFile.WriteText(path, JsonSerializer.Serialize(value, Indented) + "\n");

    private static JsonSerializerOptions Make(bool indented) =>
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = indented,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}
