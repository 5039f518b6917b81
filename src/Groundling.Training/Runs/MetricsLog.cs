using System.Text.Json;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>A run's numbers, one line of JSON a step, and one a validation; each line is handed to the system as a whole.</summary>
public sealed class MetricsLog : IDisposable
{
    private readonly FileStream _file;

    /// <param name="path">The file; made where missing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public MetricsLog(string path) => _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>Bytes written.</summary>
    public long Length => _file.Length;

    /// <summary>Forgets what stands behind a checkpoint's length.</summary>
    public void CutBack(long length)
    {
        _file.SetLength(Math.Min(length, _file.Length));
        _file.Position = _file.Length;
    }

    /// <summary>The losses of the steps that stand there; lines that are none are passed over.</summary>
    public IReadOnlyList<double> Losses()
    {
        var losses = new List<double>();
        _file.Position = 0;
        using (var lines = new StreamReader(_file, leaveOpen: true))
            while (lines.ReadLine() is { } line)
                if (LossOf(line) is { } loss)
                    losses.Add(loss);
        _file.Position = _file.Length;
        return losses;
    }

    /// <summary>Adds a step.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(StepRecord record) =>
        AppendLine(json =>
        {
            json.WriteNumber("step", record.Step);
            json.WriteNumber("loss", record.Losses.Total);
            WriteNumbers(json, "parts", record.Losses.Parts);
            json.WriteNumber("gradient_norm", record.GradientNorm);
            json.WriteNumber("learning_rate", record.LearningRate);
            json.WriteNumber("images_per_second", Math.Round(record.ImagesPerSecond, 3));
            json.WriteNumber("resident_mb", record.ResidentBytes / 1_000_000);
        });

    /// <summary>Adds a validation.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(long step, Validation validation) =>
        AppendLine(json =>
        {
            json.WriteNumber("step", step);
            json.WriteNumber("score", validation.Score);
            WriteNumbers(json, "scores", validation.Scores);
        });

    /// <summary>Waits until the disk has all lines.</summary>
    /// <exception cref="IOException">It does not have them.</exception>
    public void Keep() => DiskSync.File(_file);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static double? LossOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("loss", out var loss)
                && loss.ValueKind == JsonValueKind.Number
                ? loss.GetDouble()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void AppendLine(Action<Utf8JsonWriter> write)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        _file.Write(line.GetBuffer(), 0, (int)line.Length);
        _file.Flush();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<(string Name, double Value)> numbers)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in numbers)
            json.WriteNumber(key, value);
        json.WriteEndObject();
    }
}
