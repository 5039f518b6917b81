namespace Groundling.Training;

/// <summary>How the learning rate changes over a run.</summary>
public enum ScheduleShape
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to 0 along half a cosine wave.</summary>
    Cosine,

    /// <summary>It falls once, by <see cref="TrainingSettings.DecayBy"/> at <see cref="TrainingSettings.DecayAt"/>.</summary>
    Step,
}
