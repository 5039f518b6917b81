namespace Groundling.Training;

/// <summary>Reads the narratives of a step from disk.</summary>
/// <remarks>
/// On the thread that trains, on purpose: objects made on another one start garbage collections in the middle of libtorch's work, and
/// TorchSharp's scalars do not survive them. With the encoders' results cached, reading takes a small part of a step.
/// </remarks>
/// <param name="read">Reads the narrative at a place.</param>
/// <param name="perStep">Narratives a step of this process.</param>
internal sealed class NarrativeLoader(Func<long, TrainingNarrative> read, int perStep)
{
    private readonly List<string> _faults = [];

    /// <summary>What could not be read, and was left out.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The narratives of a step; those that cannot be read are left out.</summary>
    public IReadOnlyList<TrainingNarrative> Load(long step, ICollective collective)
    {
        var narratives = new List<TrainingNarrative>(perStep);
        foreach (var place in EndlessOrder.PlacesOf(step, perStep, collective))
        {
            try
            {
                narratives.Add(read(place));
            }
            catch (InputException e)
            {
                _faults.Add(e.Message);
            }
        }
        return narratives;
    }
}
