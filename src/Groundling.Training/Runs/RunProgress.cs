namespace Groundling.Training;

/// <summary>How far a run is; kept beside the tensors of a checkpoint as <c>training.json</c>.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Steps">Steps to be made in all; 0 where the program that wrote it did not say.</param>
/// <param name="ValidatedStep">After which of them the weights were last measured; 0 for never.</param>
/// <param name="Best">The best score so far.</param>
/// <param name="BestStep">After how many steps it was measured.</param>
/// <param name="Stale">Validations since then.</param>
/// <param name="MetricsLength">Bytes of <c>metrics.jsonl</c> that belong to these steps.</param>
/// <param name="ConfigHash">SHA-256 of the run's <c>config.json</c>.</param>
internal sealed record RunProgress(
    long Step = 0,
    long Steps = 0,
    long ValidatedStep = 0,
    double? Best = null,
    long BestStep = 0,
    int Stale = 0,
    long MetricsLength = 0,
    string ConfigHash = ""
);
