using System.Text.Json;
using Groundling.Core;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>What training needs to go on: <c>training-state.safetensors</c> and <c>training.json</c> of a checkpoint.</summary>
internal static class TrainingState
{
    /// <summary>The file that says how far a checkpoint is.</summary>
    public const string Progress = "training.json";

    private const string Tensors = "training-state.safetensors";

    /// <summary>Every tensor that training changes, by name.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Of(ITrainingTask task, Optimizer optimizer) =>
        task
            .Parameters.Select(pair => ($"parameter.{pair.Name}", pair.Value))
            .Concat(optimizer.Moments.Select(pair => ($"moment.{pair.Name}", pair.Value)))
            .Concat(task.State.Select(pair => ($"state.{pair.Name}", pair.Value)));

    /// <exception cref="InputException">A tensor holds a value that is no number.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string folder, ITrainingTask task, Optimizer optimizer, RunProgress progress)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, value) in Of(task, optimizer))
            if (!IsFinite(value))
                throw new InputException(
                    $"after step {progress.Step} {name} holds values that are no numbers, and is not saved; lower train.learningRate, or look at this step's data"
                );
        SafetensorsWriter.Write(Path.Combine(folder, Tensors), Of(task, optimizer));
        RunJson.Write(Path.Combine(folder, Progress), progress);
    }

    /// <summary>Puts a checkpoint's tensors back in place; nothing is changed where one does not fit.</summary>
    /// <exception cref="InputException">The checkpoint is damaged, or of another model or config.</exception>
    public static RunProgress Read(CheckpointFolder checkpoint, ITrainingTask task, Optimizer optimizer, string configHash)
    {
        checkpoint.RequireWhole();
        var folder = checkpoint.Path;
        var progress = ReadProgress(Path.Combine(folder, Progress));
        if (progress.ConfigHash != configHash)
            throw new InputException(
                $"{folder} was made with another config than the run's config.json; restore that file, or begin a new run"
            );
        var targets = Of(task, optimizer).ToList();
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, Tensors);
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, value) in targets)
        {
            if (!file.Entries.TryGetValue(name, out var entry))
                throw new InputException($"{path} lacks {name}: it is the state of another model; begin a new run");
            if (entry.Type != value.dtype || !entry.Shape.SequenceEqual(value.shape))
                throw new InputException(
                    $"{path} holds {name} as {entry.Describe()}, the model has [{string.Join(", ", value.shape)}]: it is the state of another model; begin a new run"
                );
        }
        if (file.Entries.Keys.Except(targets.Select(target => target.Name)).FirstOrDefault() is { } left)
            throw new InputException($"{path} holds {left}, which the model lacks: it is the state of another model; begin a new run");
        foreach (var (name, _) in targets)
            if (!IsFinite(file.Read(name))) // what a program wrote that did not look
                throw checkpoint.Damaged($"{name} in {Tensors} holds values that are no numbers");
        foreach (var (name, value) in targets)
            value.copy_(file.Read(name));
        return progress;
    }

    /// <summary>The step that a checkpoint is of, as it lies there; null where it does not say.</summary>
    public static long? StepOf(CheckpointFolder checkpoint)
    {
        try
        {
            return ReadProgress(Path.Combine(checkpoint.Path, Progress)).Step;
        }
        catch (InputException)
        {
            return null;
        }
    }

    private static bool IsFinite(Tensor value)
    {
        using var scope = NewDisposeScope();
        return !value.is_floating_point() || value.isfinite().all().item<bool>();
    }

    private static RunProgress ReadProgress(string path)
    {
        try
        {
            return
                JsonSerializer.Deserialize<RunProgress>(File.ReadAllText(path), SnakeCaseJson.Indented)
                    is { Step: >= 0, ValidatedStep: >= 0, BestStep: >= 0, Stale: >= 0, MetricsLength: >= 0 } progress
                ? progress
                : throw new JsonException("counts that are 0 or more were expected");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
