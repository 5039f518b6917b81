using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>How the autoencoder is trained.</summary>
public sealed record AutoencoderSettings : TrainingSettings
{
    /// <summary>Crops a step, of each process.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Side of the crops in pixels, a multiple of 8: the autoencoder is convolutional, and small crops of many pictures teach more than few
    /// pictures.
    /// </summary>
    public int Crop { get; init; } = 128;

    /// <summary>Weight of the differences between neighbouring pixels: they keep edges sharp.</summary>
    public double Edges { get; init; } = 0.5;

    /// <summary>Weight of the pictures at a half, a quarter and an eighth of their size.</summary>
    public double Coarse { get; init; } = 0.5;

    /// <summary>Weight of the latents' divergence from a normal distribution, a mean over latents.</summary>
    public double Divergence { get; init; } = 1e-4;

    /// <summary>Pictures to measure on; 0 for all.</summary>
    public int ValidationLimit { get; init; } = 64;

    internal void RequireOwnRanges(string name)
    {
        StageRules.RequireRanges(this, name, BatchSize, ValidationLimit);
        Require(Crop is >= 16 and <= 1024 && Crop % 8 == 0, $"{name}.crop", Crop, "a multiple of 8 from 16 to 1024 is needed");
        Require(double.IsFinite(Edges) && Edges >= 0, $"{name}.edges", Edges, "0 or more is needed");
        Require(double.IsFinite(Coarse) && Coarse >= 0, $"{name}.coarse", Coarse, "0 or more is needed");
        Require(double.IsFinite(Divergence) && Divergence >= 0, $"{name}.divergence", Divergence, "0 or more is needed");
    }
}
