using Groundling.Evaluation;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>Which narratives are learnt from, and which measure what was learnt.</summary>
public sealed record TrainingDataSettings
{
    /// <summary>The split to learn from.</summary>
    public string Train { get; init; } = "train";

    /// <summary>The split to measure on; empty measures nothing.</summary>
    public string Validation { get; init; } = "val";

    /// <summary>How many narratives of it are measured at most; 0 for all.</summary>
    public int ValidationLimit { get; init; } = 500;

    /// <summary>How many narratives are learnt from at most; 0 for all.</summary>
    public int TrainLimit { get; init; }

    /// <summary>At which resolution masks are judged: original or ppmn.</summary>
    public string Protocol { get; init; } = ResolutionProtocol.Original.Name;

    /// <summary>Who belongs to which group of phrases: png or flmm.</summary>
    public string Groups { get; init; } = GroupRule.Png.Name;

    /// <summary>How many of the measured narratives are drawn for TensorBoard.</summary>
    public int Pictures { get; init; } = 4;

    internal void RequireRanges()
    {
        Require(!string.IsNullOrEmpty(Train), "data.train", Train, "a split's name is needed");
        Require(Validation is not null, "data.validation", Validation, "a split's name, or an empty text, is needed");
        Require(ValidationLimit >= 0, "data.validationLimit", ValidationLimit, "0 or more is needed");
        Require(TrainLimit >= 0, "data.trainLimit", TrainLimit, "0 or more is needed");
        Require(
            ResolutionProtocol.All.Any(known => known.Name == Protocol),
            "data.protocol",
            Protocol,
            $"one of {string.Join(", ", ResolutionProtocol.All.Select(known => known.Name))} is needed"
        );
        Require(
            GroupRule.All.Any(known => known.Name == Groups),
            "data.groups",
            Groups,
            $"one of {string.Join(", ", GroupRule.All.Select(known => known.Name))} is needed"
        );
        Require(Pictures is >= 0 and <= 64, "data.pictures", Pictures, "0 to 64 are needed");
    }
}
