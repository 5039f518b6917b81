using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>How the UNet is trained.</summary>
public sealed record DiffusionSettings : TrainingSettings
{
    /// <summary>Pictures a step, of each process.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Steps, the first ones, on pictures of half the side: five times as many in the same time, for the words to be learnt from; Stable
    /// Diffusion, too, was trained at 256 pixels before 512.
    /// </summary>
    public long CoarseSteps { get; init; }

    /// <summary>
    /// The learning rate with which the steps at full size begin, where others go before them: the schedule then runs a second time,
    /// without warming up.
    /// </summary>
    public double FineLearningRate { get; init; } = 3e-4;

    /// <summary>
    /// Conditioning dropout: share of the pictures whose caption is left out, so that classifier-free guidance has something to compare
    /// with.
    /// </summary>
    public double Uncaptioned { get; init; } = 0.1;

    /// <summary>
    /// Share of the captioned pictures that are prompted by the mean states of their noun phrases instead of all tokens: what grounding
    /// prompts the model with.
    /// </summary>
    public double PhrasePrompts { get; init; } = 0.5;

    /// <summary>
    /// Every which step rehearses <see cref="PretrainingDataSettings.Rehearsed"/>, where a split is named: with as many pictures as have the
    /// pixels of the other steps.
    /// </summary>
    public int RehearseEvery { get; init; } = 2;

    /// <summary>
    /// Weight of a loss by which attention learns to tell phrases that are in the picture from those that are not, from the categories
    /// that it has, no masks; 0 for text and pictures alone. Our addition, of bags and of pixels; it costs a third of a step.
    /// </summary>
    public double WordContrast { get; init; }

    /// <summary>
    /// EMA decay: how much of the weights' moving average is kept each step, once it has settled; the average is what is measured and
    /// saved. It begins anew at full size.
    /// </summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Pictures to measure on; 0 for all.</summary>
    public int ValidationLimit { get; init; } = 256;

    /// <inheritdoc/>
    public override double LearningRateAt(long step)
    {
        if (CoarseSteps == 0)
            return base.LearningRateAt(step);
        return step <= CoarseSteps
            ? Scheduled(step, CoarseSteps, LearningRate, WarmUp)
            : Scheduled(step - CoarseSteps, Steps - CoarseSteps, FineLearningRate, 0);
    }

    internal void RequireOwnRanges(string name)
    {
        StageRules.RequireRanges(this, name, BatchSize, ValidationLimit);
        Require(CoarseSteps >= 0 && CoarseSteps <= Steps, $"{name}.coarseSteps", CoarseSteps, $"0 to {name}.steps, {Steps}, are needed");
        Require(
            CoarseSteps == 0 || CoolDown == 0,
            $"{name}.coolDown",
            CoolDown,
            $"0 is needed where {name}.coarseSteps has a schedule of its own"
        );
        Require(
            double.IsFinite(FineLearningRate) && FineLearningRate > 0,
            $"{name}.fineLearningRate",
            FineLearningRate,
            "more than 0 is needed"
        );
        Require(Uncaptioned is >= 0 and <= 1, $"{name}.uncaptioned", Uncaptioned, "0 to 1 is needed");
        Require(PhrasePrompts is >= 0 and <= 1, $"{name}.phrasePrompts", PhrasePrompts, "0 to 1 is needed");
        Require(double.IsFinite(WordContrast) && WordContrast >= 0, $"{name}.wordContrast", WordContrast, "0 or more is needed");
        Require(RehearseEvery >= 1, $"{name}.rehearseEvery", RehearseEvery, "1 or more is needed");
        Require(AverageDecay is >= 0 and < 1, $"{name}.averageDecay", AverageDecay, "0 up to, but not including, 1 is needed");
    }
}
