using System.Diagnostics;
using Groundling.Core;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The training loop: step, check, clip, update, record; validate and save when it is time.</summary>
/// <remarks>
/// A run that was stopped or killed goes on from its last checkpoint to exactly the weights and numbers of one that was not, with as many
/// threads on the same kind of machine: what a step does follows from the weights, the config and the step's number alone.
/// </remarks>
public sealed class TrainingRun : IDisposable
{
    private readonly ITrainingTask _task;
    private readonly TrainingSettings _settings;
    private readonly RunFolder? _folder;
    private readonly ICollective _collective;
    private readonly NcclCollective? _cards;
    private readonly ITrainingObserver? _observer;
    private readonly ParameterVector _parameters;
    private readonly Optimizer _optimizer;
    private readonly LossWatch? _watch;
    private RunProgress _progress = new();
    private long _savedStep;
    private EventFile? _events;

    /// <param name="task">What is trained; the caller keeps it.</param>
    /// <param name="settings">How.</param>
    /// <param name="folder">Where it is written; process 0 has one, others none. The caller keeps it.</param>
    /// <param name="collective">The processes that train together; this one alone where null.</param>
    /// <param name="observer">Watches; may be null.</param>
    /// <exception cref="InputException">A setting is out of range.</exception>
    public TrainingRun(
        ITrainingTask task,
        TrainingSettings settings,
        RunFolder? folder,
        ICollective? collective = null,
        ITrainingObserver? observer = null
    )
    {
        settings.RequireRanges();
        ConfigJson.Require(settings.Steps >= 1, "train.steps", settings.Steps, "1 or more are needed");
        (_task, _settings, _folder, _collective, _observer) = (task, settings, folder, collective ?? SingleProcess.Instance, observer);
        var device = task.Parameters[0].Value.device;
        if (_collective.Size > 1 && device.type == DeviceType.CUDA)
            _collective = _cards = NcclCollective.Join(_collective, device);
        if ((folder is null) != (_collective.Rank > 0))
            throw new ArgumentException("process 0 has a run folder, and no other", nameof(folder));
        if (settings.Threads > 0)
            set_num_threads(settings.Threads);
        _parameters = new(task.Parameters, task.DecaysWeight);
        _optimizer = Optimizer.Of(_parameters, settings, _collective);
        _watch = settings.StopsAtDivergence && folder is not null ? new() : null;
    }

    /// <summary>Trains to the last step, or until told to stop, and saves.</summary>
    /// <param name="stop">Stops after the step in hand.</param>
    /// <exception cref="InputException">The checkpoint does not fit, or the loss or a gradient is not a number.</exception>
    /// <exception cref="IOException">The disk is full; the last checkpoint stays.</exception>
    public TrainingOutcome Run(CancellationToken stop = default)
    {
        Restore();
        _observer?.Begun(_progress.Step, _settings.Steps);
        var stopped = Validate(stop); // where a run was stopped between a step and its validation
        while (!stopped && !IsOutOfPatience && _progress.Step < _settings.Steps)
        {
            Step(_progress.Step + 1);
            stopped = _collective.Any(stop.IsCancellationRequested) || Validate(stop);
            if ((stopped || IsDue(_settings.SaveEvery)) && _progress.Step > _savedStep)
                Save();
        }
        if (_progress.Step > _savedStep)
            Save();
        var isDone = _progress.Step == _settings.Steps && _progress.ValidatedStep == _progress.Step; // its best checkpoint is known
        return new(_progress.Step, _progress.Best, _progress.BestStep, stopped && !isDone, IsOutOfPatience);
    }

    /// <summary>Disposes the optimizer and closes the files that were opened.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _parameters.Dispose();
        _events?.Dispose();
        _cards?.Dispose();
    }

    private bool IsOutOfPatience => _settings.Patience > 0 && _progress.Stale >= _settings.Patience;

    private bool IsDue(long every) => every > 0 && _progress.Step % every == 0;

    private void Restore()
    {
        if (_folder is not null)
        {
            if (_folder.Last.Exists)
                _progress = TrainingState.Read(_folder.Last, _task, _optimizer, _folder.ConfigHash);
            _folder.Metrics.CutBack(_progress.MetricsLength);
            if (_watch is not null)
                foreach (var loss in _folder.Metrics.Losses())
                    _watch.Take(loss);
            _progress = _progress with { Steps = _settings.Steps, ConfigHash = _folder.ConfigHash };
            Written(() => _events = new EventFile(_folder.Path, _progress.Step));
        }
        using var scope = NewDisposeScope();
        var counts = tensor(new[] { _progress.Step, _progress.ValidatedStep, _progress.Stale }, device: CPU);
        _collective.Broadcast([counts, .. TrainingState.Of(_task, _optimizer).Select(pair => pair.Value)]);
        var shared = counts.data<long>().ToArray();
        _progress = _progress with { Step = shared[0], ValidatedStep = shared[1], Stale = (int)shared[2] };
        _savedStep = _progress.Step;
    }

    private void Step(long step)
    {
        using var pause = CollectionPause.Begin();
        using var scope = NewDisposeScope();
        using var context = new StepContext(_settings.Seed, step, _collective);
        var watch = Stopwatch.StartNew();
        _parameters.ClearGradients();
        var losses = Mean(_task.Step(context));
        _parameters.Average(_collective);
        var norm = _parameters.Norm();
        RequireFinite(step, losses, norm);
        _parameters.Clip(norm, _settings.ClipNorm);
        var learningRate = _settings.LearningRateAt(step);
        _optimizer.Update(step, learningRate);
        _task.AfterStep(step);
        var images = (double)_task.ImagesPerStep * _collective.Size;
        var record = new StepRecord(step, losses, norm, learningRate, images / watch.Elapsed.TotalSeconds, ResidentMemory.Now);
        _progress = _progress with { Step = step };
        if (_folder is null)
            return;
        Written(() =>
        {
            _folder.Metrics.Append(record);
            _events!.Append(record);
        });
        _progress = _progress with { MetricsLength = _folder.Metrics.Length };
        _observer?.Stepped(record);
        if (_watch?.Take(losses.Total) is { } mean)
            throw new InputException(
                $"step {step}: the run diverges: its mean loss of {LossWatch.Window} steps is {mean:G3}, and was {_watch.Least:G3}; {Kept()}. Begin a new run, with a lower learningRate or clipNorm, from a checkpoint that is good; stopsAtDivergence=false goes on with this one"
            );
    }

    /// <summary>Measures the weights where it is time and has not been done.</summary>
    /// <returns>Whether the run was stopped meanwhile.</returns>
    private bool Validate(CancellationToken stop)
    {
        var step = _progress.Step;
        if (_progress.ValidatedStep == step || !(IsDue(_settings.ValidateEvery) || step == _settings.Steps))
            return false;
        var stopped = false;
        if (_folder is not null)
        {
            try
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                if (Measured(step, stop) is { } validation)
                    Record(step, validation);
                _progress = _progress with { ValidatedStep = step };
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                stopped = true;
            }
        }
        using var shared = NewDisposeScope();
        var counts = tensor(new[] { _progress.ValidatedStep, _progress.Stale, stopped ? 1L : 0L }, device: CPU);
        _collective.Broadcast([counts]);
        var given = counts.data<long>().ToArray();
        _progress = _progress with { ValidatedStep = given[0], Stale = (int)given[1] };
        if (given[2] == 0)
            Save();
        return given[2] != 0;
    }

    /// <summary>Where measuring fails, the steps before it are kept.</summary>
    private Validation? Measured(long step, CancellationToken stop)
    {
        try
        {
            return _task.Validate(step, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            KeepSteps();
            throw;
        }
    }

    private void KeepSteps()
    {
        if (_progress.Step == _savedStep)
            return;
        try
        {
            Save(_folder!.Last);
        }
        catch (Exception e) when (e is IOException or InputException)
        {
            // what ended the run is the fault worth reporting
        }
    }

    private void Record(long step, Validation validation)
    {
        if (!double.IsFinite(validation.Score))
        {
            KeepSteps();
            throw new InputException($"after step {step} the score is {validation.Score}, not a number; {Kept()}");
        }
        var isBest = _progress.Best is not { } best || validation.Score > best;
        _progress = isBest
            ? _progress with
            {
                Best = validation.Score,
                BestStep = step,
                Stale = 0,
            }
            : _progress with
            {
                Stale = _progress.Stale + 1,
            };
        Written(() =>
        {
            _folder!.Metrics.Append(step, validation);
            _events!.Append(step, validation);
        });
        _progress = _progress with { ValidatedStep = step, MetricsLength = _folder!.Metrics.Length };
        if (isBest)
            Save(_folder.Best);
        _observer?.Validated(step, validation, isBest);
    }

    private void Save()
    {
        if (_folder is not null)
            Save(_folder.Last);
        _savedStep = _progress.Step;
        _collective.Barrier();
    }

    private void Save(CheckpointFolder checkpoint) =>
        Written(() =>
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            _folder!.Metrics.Keep();
            checkpoint.Write(folder =>
            {
                _task.Save(folder);
                TrainingState.Write(folder, _task, _optimizer, _progress);
            });
        });

    private StepLosses Mean(StepLosses own)
    {
        if (_collective.Size == 1)
            return own;
        using var scope = NewDisposeScope();
        var all = tensor(new[] { own.Total }.Concat(own.Parts.Select(part => part.Value)).ToArray(), float32, device: CPU);
        _collective.Average([all]);
        var mean = all.data<float>().ToArray();
        return new(mean[0], [.. own.Parts.Select((part, i) => (part.Name, (double)mean[i + 1]))]);
    }

    private void RequireFinite(long step, StepLosses losses, double norm)
    {
        if (double.IsFinite(losses.Total) && double.IsFinite(norm))
            return;
        var parts = losses.Parts.Where(part => !double.IsFinite(part.Value)).Select(part => part.Name).ToList();
        var what = double.IsFinite(losses.Total)
            ? $"a gradient is not a number (norm {norm})"
            : $"the loss is {losses.Total}{(parts.Count > 0 ? $" ({string.Join(", ", parts)})" : "")}";
        throw new InputException($"step {step}: {what}; {Kept()}. Lower train.learningRate, or look at this step's data");
    }

    private void Written(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"step {_progress.Step} cannot be written: {e.Message.TrimEnd('.')}; {Kept()}. Make room and go on with the run",
                e
            ).About("resume");
        }
    }

    /// <summary>What lies there: a save may fail when the new checkpoint has taken its place already.</summary>
    private string Kept() =>
        _folder is { Last.Exists: true }
            ? $"{_folder.Last.Path} holds step {TrainingState.StepOf(_folder.Last) ?? _savedStep}"
            : "nothing had been saved yet";
}
