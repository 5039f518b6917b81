namespace Groundling.Training;

/// <summary>What is known of a checkpoint's weights.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Losses">The last step's losses.</param>
/// <param name="Scores">What a validation of these very weights found; null where there was none.</param>
internal sealed record CheckpointFigures(long Step, StepLosses? Losses, IReadOnlyList<(string Name, double Value)>? Scores)
{
    /// <summary>
    /// Writes <c>metrics.json</c>, and <c>frozen.json</c>, which says where the frozen model lies that belongs to the weights.
    /// </summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Write(string folder, string frozenModel)
    {
        RunJson.Write(
            Path.Combine(folder, "metrics.json"),
            new
            {
                Step,
                Loss = Losses?.Total,
                Parts = Losses?.Parts.ToDictionary(part => part.Name, part => part.Value),
                Scores = Scores?.ToDictionary(score => score.Name, score => score.Value),
            }
        );
        RunJson.Write(Path.Combine(folder, "frozen.json"), new { Model = Path.GetFullPath(frozenModel) });
    }
}
