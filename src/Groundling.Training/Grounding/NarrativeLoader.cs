namespace Groundling.Training;

/// <summary>Reads the narratives of a step from disk.</summary>
/// <remarks>
/// Where the CPU computes, on the thread that trains, on purpose: objects made on another one start garbage collections in the middle of
/// libtorch's work, and TorchSharp's scalars do not survive them; with the encoders' results cached, reading takes a small part of a step.
/// A card would wait for it: there the next step's narratives are read by other threads meanwhile, whose objects a step's <see
/// cref="Groundling.Torch.CollectionPause"/> has room for.
/// </remarks>
/// <param name="find">Finds the narrative at a place, on the calling thread, and says how to read it, on any.</param>
/// <param name="perStep">Narratives a step of this process.</param>
/// <param name="faults">Gets what could not be read, and was left out.</param>
/// <param name="ahead">Whether the next step's are read while a step is made.</param>
internal sealed class NarrativeLoader(Func<long, Func<TrainingNarrative>> find, int perStep, ISet<string> faults, bool ahead) : IDisposable
{
    private (long Step, IReadOnlyList<Task<TrainingNarrative>> Narratives)? _next;

    /// <summary>The narratives of a step; those that cannot be read are left out.</summary>
    public IReadOnlyList<TrainingNarrative> Load(long step, ICollective collective)
    {
        var narratives = new List<TrainingNarrative>(perStep);
        var read =
            _next is { } next && next.Step == step
                ? next.Narratives.Select(narrative => (Func<TrainingNarrative>)(() => narrative.GetAwaiter().GetResult()))
                : EndlessOrder.PlacesOf(step, perStep, collective).Select(find);
        foreach (var narrative in read)
        {
            try
            {
                narratives.Add(narrative());
            }
            catch (InputException e)
            {
                faults.Add(e.Message);
            }
        }
        if (ahead)
            _next = (step + 1, [.. EndlessOrder.PlacesOf(step + 1, perStep, collective).Select(place => Task.Run(find(place)))]);
        return narratives;
    }

    /// <summary>Waits for what is being read.</summary>
    public void Dispose()
    {
        if (_next is { } next)
            ((Task)Task.WhenAll(next.Narratives)).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }
}
