using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>What holds for every stage of pretraining.</summary>
internal static class StageRules
{
    /// <summary>Refuses values out of range, of those that all stages have.</summary>
    /// <param name="settings">The stage's settings.</param>
    /// <param name="name">The key under which they stand in the config, for messages.</param>
    /// <param name="batchSize">Its examples a step, of each process.</param>
    /// <param name="validationLimit">Its examples to measure on.</param>
    /// <exception cref="InputException">A value is out of range.</exception>
    public static void RequireRanges(TrainingSettings settings, string name, int batchSize, int validationLimit)
    {
        settings.RequireRanges(name);
        Require(settings.Steps > 0, $"{name}.steps", settings.Steps, "1 or more are needed");
        Require(settings.Accumulate == 1, $"{name}.accumulate", settings.Accumulate, "1 is needed: choose a larger batchSize");
        Require(batchSize is >= 1 and <= 4096, $"{name}.batchSize", batchSize, "1 to 4096 are needed");
        Require(validationLimit >= 0, $"{name}.validationLimit", validationLimit, "0 or more is needed");
    }

    /// <summary>Whether weight decay applies: to linear maps and convolutions; not to embeddings, norms and biases.</summary>
    /// <param name="name">The parameter's name.</param>
    public static bool Decays(string name) =>
        name.EndsWith(".weight", StringComparison.Ordinal)
        && !name.Contains("norm", StringComparison.Ordinal)
        && !name.Contains("_embedding.weight", StringComparison.Ordinal);
}
