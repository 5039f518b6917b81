using Groundling.Core;

namespace Groundling.Losses;

/// <summary>Weights of the losses and how masks are sampled (Sec. 3.4).</summary>
public sealed record LossConfig
{
    /// <summary>Weight of the diffusion mask head's loss; 0 switches it off.</summary>
    public double Diffusion { get; init; } = 1;

    /// <summary>Weight of the adapter mask head's loss; 0 switches it off.</summary>
    public double Adapter { get; init; } = 1;

    /// <summary>Weight of the decoder mask head's loss; 0 switches it off.</summary>
    public double Decoder { get; init; } = 1;

    /// <summary>Weight of the class inside the mask-classification losses.</summary>
    public double Class { get; init; } = 2;

    /// <summary>Weight of the binary cross-entropy inside them.</summary>
    public double CrossEntropy { get; init; } = 5;

    /// <summary>Weight of the Dice loss inside them.</summary>
    public double Dice { get; init; } = 5;

    /// <summary>Points at which a mask is compared.</summary>
    public int Points { get; init; } = 12_544;

    /// <summary>How many times as many points are drawn to choose uncertain ones from.</summary>
    public double Oversample { get; init; } = 3;

    /// <summary>The share of points that are the most uncertain ones; the others lie anywhere.</summary>
    public double Importance { get; init; } = 0.75;

    /// <summary>The diffusion head's probabilities are kept this far from 0 and 1.</summary>
    public double ProbabilityFloor { get; init; } = 1e-6;

    /// <summary>The config, or an error that names the value out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public LossConfig Validated()
    {
        foreach (
            var (name, value) in new[]
            {
                ("diffusion", Diffusion),
                ("adapter", Adapter),
                ("decoder", Decoder),
                ("class", Class),
                ("crossEntropy", CrossEntropy),
                ("dice", Dice),
            }
        )
            ConfigJson.Require(double.IsFinite(value) && value >= 0, $"loss.{name}", value, "0 or more is needed");
        ConfigJson.Require(Points is >= 1 and <= 1 << 20, "loss.points", Points, "1 to 1048576 are needed");
        ConfigJson.Require(Oversample is >= 1 and <= 16, "loss.oversample", Oversample, "1 to 16 is needed");
        ConfigJson.Require(Importance is >= 0 and <= 1, "loss.importance", Importance, "0 to 1 is needed");
        ConfigJson.Require(
            ProbabilityFloor is > 0 and < 0.1,
            "loss.probabilityFloor",
            ProbabilityFloor,
            "more than 0 and less than 0.1 is needed"
        );
        return this;
    }
}
