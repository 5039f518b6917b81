namespace Groundling.Training;

/// <summary>How a run ended.</summary>
/// <param name="Step">Steps made in all.</param>
/// <param name="Best">The best score; null where nothing was validated.</param>
/// <param name="BestStep">After how many steps it was measured.</param>
/// <param name="Stopped">Whether it was told to stop before its last step.</param>
/// <param name="OutOfPatience">Whether it ended because the score no longer grew.</param>
public sealed record TrainingOutcome(long Step, double? Best, long BestStep, bool Stopped, bool OutOfPatience);
