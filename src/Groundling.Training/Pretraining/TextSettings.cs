namespace Groundling.Training;

/// <summary>How the text encoder is trained.</summary>
public sealed record TextSettings : TrainingSettings
{
    /// <summary>
    /// Captions a step, of each process; a caption that is longer than the encoder has positions counts once for each of its chunks.
    /// </summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Captions to measure on; 0 for all.</summary>
    public int ValidationLimit { get; init; } = 256;

    internal void RequireOwnRanges(string name) => StageRules.RequireRanges(this, name, BatchSize, ValidationLimit);
}
