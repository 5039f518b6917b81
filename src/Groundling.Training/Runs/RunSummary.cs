using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>A training run as its folder shows it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Task">What is trained.</param>
/// <param name="State">"running", "finished", "stopped" (to go on with --resume), or "begun", where no step is recorded.</param>
/// <param name="Step">Steps made.</param>
/// <param name="Steps">Steps that it is to make; null where they follow from the data and no checkpoint says them.</param>
/// <param name="Best">The best score; null where nothing was validated.</param>
/// <param name="BestStep">After how many steps it was measured.</param>
/// <param name="Begun">The first start, in UTC; null where none is recorded.</param>
/// <param name="Time">From there to the last recorded step, pauses included.</param>
/// <param name="Version">The program's version and commit at the last start.</param>
/// <param name="Config">Every key of its config, with the value as JSON.</param>
public sealed record RunSummary(
    string Folder,
    string Task,
    string State,
    long Step,
    long? Steps,
    double? Best,
    long? BestStep,
    DateTime? Begun,
    TimeSpan? Time,
    string? Version,
    [property: JsonIgnore] IReadOnlyDictionary<string, string> Config
)
{
    /// <summary>Reads a run's folder; a run that is going on is not disturbed.</summary>
    /// <exception cref="InputException">A file of it is damaged.</exception>
    public static RunSummary Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var config = ConfigValues.Of(ReadJson(Path.Combine(folder, RunFolder.Config)));
        var recordFile = Path.Combine(folder, RunFolder.Record);
        var record = File.Exists(recordFile) ? Parsed<RunRecord>(recordFile, ReadJson(recordFile)) : null;
        var (step, best, bestStep) = ReadMetrics(Path.Combine(folder, RunFolder.MetricsFile));
        var progress = ReadProgress(folder);
        var steps = NumberIn(config, "steps") ?? (progress.Steps > 0 ? progress.Steps : null);
        var metrics = new FileInfo(Path.Combine(folder, RunFolder.MetricsFile));
        var begun = record is { Starts: [var start, ..] } ? start.Time : (DateTime?)null;
        return new(
            folder,
            record?.Task ?? "",
            FolderLock.IsHeld(folder) ? "running"
                : step == 0 ? "begun"
                : step >= steps || progress.Stale >= NumberIn(config, "patience") ? "finished"
                : "stopped",
            step,
            steps,
            best,
            bestStep,
            begun,
            begun is { } first && step > 0 ? metrics.LastWriteTimeUtc - first : null,
            record is { Starts: [.., var last] } ? last.Version : null,
            config
        );
    }

    private static (long Step, double? Best, long? BestStep) ReadMetrics(string path)
    {
        if (!File.Exists(path))
            return default;
        (long step, double? best, long? bestStep) = (0, null, null);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new StreamReader(file);
        while (lines.ReadLine() is { } line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                step = json.RootElement.GetProperty("step").GetInt64();
                if (json.RootElement.TryGetProperty("score", out var score) && !(Finite(score) <= best))
                    (best, bestStep) = (Finite(score), step);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                if (!lines.EndOfStream) // the last line may be in the making
                    throw new InputException($"{path} has a line that is no step and no validation: {PlainText.InOneLine(line)}", e);
            }
        }
        return (step, best, bestStep);
    }

    /// <summary>What the last checkpoint says; nothing where there is none.</summary>
    private static RunProgress ReadProgress(string folder)
    {
        var path = Path.Combine(folder, RunFolder.Checkpoints, "last", TrainingState.Progress);
        return File.Exists(path) ? Parsed<RunProgress>(path, ReadJson(path)) : new();
    }

    /// <summary>A number above zero, whatever the part of the config that has it; null where there is none.</summary>
    private static long? NumberIn(IReadOnlyDictionary<string, string> config, string key) =>
        config.FirstOrDefault(pair => pair.Key.Split('.')[^1] == key) is { Value: { } text }
        && long.TryParse(text, out var number)
        && number > 0
            ? number
            : null;

    /// <summary>What overflows is read as infinite, and cannot be written again.</summary>
    private static double Finite(JsonElement number) =>
        number.GetDouble() is var value && double.IsFinite(value) ? value : throw new FormatException("a number is infinite");

    private static JsonNode ReadJson(string path)
    {
        try
        {
            var json =
                JsonNode.Parse(PlainText.Read(path), documentOptions: ConfigValues.Once)
                ?? throw new JsonException("an object was expected");
            _ = json.ToJsonString(); // every text of it can be read
            return json;
        }
        // The latter two of texts that are no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InputException($"{path} is not JSON: {PlainText.InOneLine(e.Message)}", e);
        }
    }

    private static T Parsed<T>(string path, JsonNode json)
    {
        try
        {
            return json.Deserialize<T>(SnakeCaseJson.Indented) ?? throw new JsonException("an object was expected");
        }
        catch (JsonException e)
        {
            throw new InputException($"{path} is no record of a run: {PlainText.InOneLine(e.Message)}", e);
        }
    }
}
