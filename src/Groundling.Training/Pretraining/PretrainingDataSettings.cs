using System.Text.Json.Serialization;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>Which pictures and captions are learnt from, and which measure what was learnt.</summary>
public sealed record PretrainingDataSettings
{
    /// <summary>The split to learn from.</summary>
    public string Train { get; init; } = "train";

    /// <summary>The split to measure on.</summary>
    public string Validation { get; init; } = "val";

    /// <summary>
    /// Further splits, separated by commas, whose captions, without their pictures, vocabulary and text encoder are learnt from: words that
    /// later legs will need.
    /// </summary>
    public string Captions { get; init; } = "";

    /// <summary>The splits in <see cref="Captions"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> CaptionSplits =>
        Captions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Rows and columns of the pictures, a multiple of 64.</summary>
    public int Side { get; init; } = 256;

    /// <summary>
    /// A split that some of the UNet's steps rehearse (<see cref="DiffusionSettings.RehearseEvery"/>), so that what it taught is not
    /// forgotten over <see cref="Train"/>: close-ups, whose words decide most of their pixels, beside whole scenes. Empty for none.
    /// </summary>
    public string Rehearsed { get; init; } = "";

    /// <summary>Rows and columns of the rehearsed pictures, a multiple of 64 that divides <see cref="Side"/>.</summary>
    public int RehearsedSide { get; init; } = 128;

    internal void RequireRanges()
    {
        Require(!string.IsNullOrEmpty(Train), "data.train", Train, "a split's name is needed");
        Require(!string.IsNullOrEmpty(Validation), "data.validation", Validation, "a split's name is needed");
        Require(Captions is not null, "data.captions", Captions, "splits' names, or an empty text, are needed");
        Require(Rehearsed is not null, "data.rehearsed", Rehearsed, "a split's name, or an empty text, is needed");
        Require(
            Rehearsed!.Length == 0 || (RehearsedSide >= 64 && RehearsedSide % 64 == 0 && Side % RehearsedSide == 0),
            "data.rehearsedSide",
            RehearsedSide,
            $"a multiple of 64 that divides data.side, {Side}, is needed"
        );
        Require(Side is >= 64 and <= 1024 && Side % 64 == 0, "data.side", Side, "a multiple of 64 from 64 to 1024 is needed");
    }
}
