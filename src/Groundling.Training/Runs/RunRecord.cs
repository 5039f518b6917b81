using Groundling.Core;
using Groundling.Evaluation;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Where a run came from: all that is needed to repeat it, beside its <c>config.json</c>. Kept as <c>run.json</c>.</summary>
/// <param name="Task">What is trained.</param>
/// <param name="Seed">What all random numbers follow from.</param>
/// <param name="Data">What it learns from.</param>
/// <param name="Model">The frozen model it builds on; null where there is none.</param>
/// <param name="Initial">The trained parts it began with; null where it began anew.</param>
/// <param name="Starts">The start, and each time it went on.</param>
public sealed record RunRecord(
    string Task,
    ulong Seed,
    ContentMark? Data,
    ContentMark? Model,
    ContentMark? Initial,
    IReadOnlyList<RunStart> Starts
)
{
    /// <summary>The record of a run that starts now in this process.</summary>
    public static RunRecord Now(
        string task,
        ulong seed,
        ContentMark? data,
        ContentMark? model,
        ContentMark? initial = null,
        string? device = null
    ) => new(task, seed, data, model, initial, [RunStart.Now(get_num_threads(), device)]);
}
