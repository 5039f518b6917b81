namespace Groundling.Training;

/// <summary>Watches a run, to show how it goes.</summary>
public interface ITrainingObserver
{
    /// <summary>The run begins, or goes on.</summary>
    /// <param name="done">Steps made before.</param>
    /// <param name="steps">Steps in all.</param>
    void Begun(long done, long steps);

    /// <summary>A step was made.</summary>
    void Stepped(StepRecord record);

    /// <summary>The weights were measured.</summary>
    /// <param name="step">After how many steps.</param>
    /// <param name="validation">What was found.</param>
    /// <param name="isBest">Whether the score is the best so far.</param>
    void Validated(long step, Validation validation, bool isBest);
}
