using System.Text.Json;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>How run folders write JSON.</summary>
internal static class RunJson
{
    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write<T>(string path, T value) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(value, SnakeCaseJson.Indented) + "\n");
}
