using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;
using Groundling.Modeling;

namespace Groundling.Evaluation;

/// <summary>Where an evaluation came from: what is needed to repeat it. Kept as <c>run.json</c>, and as "run" in the report.</summary>
/// <param name="Data">The benchmark's folder, as a full path.</param>
/// <param name="Seed">What the random numbers followed from: those of the training, or of a random baseline; null where unknown.</param>
/// <param name="Config">
/// The trained parts' config as "grounding" and, where they lie in their run's folder, that of their training as "training"; else null.
/// </param>
/// <param name="Starts">The start, and each time it went on.</param>
public sealed record EvaluationRun(string Data, ulong? Seed, JsonNode? Config, IReadOnlyList<RunStart> Starts)
{
    /// <summary>The file beside the journal.</summary>
    public const string FileName = "run.json";

    /// <summary>The record of an evaluation that starts now in this process.</summary>
    /// <param name="data">The benchmark's folder.</param>
    /// <param name="trained">The folder of the trained parts; null where there are none.</param>
    /// <param name="seed">The seed of a baseline.</param>
    /// <param name="threads">Threads that it computes with.</param>
    /// <param name="device">Where the model computes; null where no model does.</param>
    public static EvaluationRun Now(string data, string? trained, ulong? seed, int threads, string? device = null)
    {
        JsonObject? config = null;
        if (trained is not null)
        {
            config = new() { ["grounding"] = ReadJson(GroundingFolder.Files(trained).Config) };
            // RUN/checkpoints/best
            if (
                Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(trained))) is { } run
                && ReadJson(Path.Combine(run, FileName)) is JsonObject record
                && record["task"] is not null
            )
            {
                config["training"] = ReadJson(Path.Combine(run, "config.json"));
                seed = record["seed"] is JsonValue number && number.TryGetValue<ulong>(out var found) ? found : seed;
            }
        }
        return new(Path.GetFullPath(data), seed, config, [RunStart.Now(threads, device)]);
    }

    /// <summary>Adds this start to those of an evaluation that goes on, and writes the file.</summary>
    /// <param name="folder">The evaluation's folder.</param>
    /// <param name="goesOn">Whether it goes on; else an earlier file is replaced.</param>
    /// <returns>The record with all starts.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public EvaluationRun Record(string folder, bool goesOn)
    {
        var all = goesOn && Read(folder) is { } earlier ? this with { Starts = [.. earlier.Starts, .. Starts] } : this;
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(all, EvaluationJson.Indented) + "\n");
        return all;
    }

    /// <summary>The record in an evaluation's folder; null where there is none that this version can read.</summary>
    public static EvaluationRun? Read(string folder)
    {
        try
        {
            return ReadJson(Path.Combine(folder, FileName))?.Deserialize<EvaluationRun>(EvaluationJson.Indented);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of texts that are no Unicode
        {
            return null;
        }
    }

    private static JsonNode? ReadJson(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonNode.Parse(
                    File.ReadAllText(path),
                    documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
