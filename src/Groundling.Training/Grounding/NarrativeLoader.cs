using System.Collections.Concurrent;
using Groundling.Data;

namespace Groundling.Training;

/// <summary>Reads the narratives of a step from disk, and those of the next while the network works.</summary>
/// <param name="read">Reads the narrative at a place.</param>
/// <param name="perStep">Narratives a step of this process.</param>
internal sealed class NarrativeLoader(Func<long, TrainingNarrative> read, int perStep) : IDisposable
{
    private readonly ConcurrentQueue<string> _faults = [];
    private (long Step, Task<IReadOnlyList<TrainingNarrative>> Narratives)? _next;

    /// <summary>What could not be read, and was left out.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>The narratives of a step; those that cannot be read are left out.</summary>
    public IReadOnlyList<TrainingNarrative> Take(long step, ICollective collective)
    {
        var narratives = _next is { } next && next.Step == step ? next.Narratives.GetAwaiter().GetResult() : Load(step, collective);
        _next = (step + 1, Task.Run(() => Load(step + 1, collective)));
        return narratives;
    }

    /// <summary>Waits for the reading that is going on.</summary>
    public void Dispose() => _next?.Narratives.Wait();

    private IReadOnlyList<TrainingNarrative> Load(long step, ICollective collective)
    {
        var narratives = new List<TrainingNarrative>(perStep);
        foreach (var place in NarrativeOrder.PlacesOf(step, perStep, collective))
        {
            try
            {
                narratives.Add(read(place));
            }
            catch (InputException e)
            {
                _faults.Enqueue(e.Message);
            }
        }
        return narratives;
    }
}
