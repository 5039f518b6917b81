using static Groundling.ConfigJson;

namespace Groundling.Training;

/// <summary>How the text encoder is trained.</summary>
public sealed record TextSettings : TrainingSettings
{
    /// <summary>Captions a step, of each process; a caption that is longer than the encoder has positions counts once for each of its chunks.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Captions to measure on; 0 for all.</summary>
    public int ValidationLimit { get; init; } = 256;

    internal void RequireOwnRanges(string name)
    {
        RequireRanges(name);
        Require(Accumulate == 1, $"{name}.accumulate", Accumulate, "1 is needed: choose a larger batchSize");
        Require(BatchSize is >= 1 and <= 4096, $"{name}.batchSize", BatchSize, "1 to 4096 are needed");
        Require(ValidationLimit >= 0, $"{name}.validationLimit", ValidationLimit, "0 or more is needed");
    }
}
