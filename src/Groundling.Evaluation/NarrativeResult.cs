using System.Text.Json.Serialization;

namespace Groundling.Evaluation;

/// <summary>How well the phrases of one narrative were grounded.</summary>
/// <param name="Narrative">The record's place in its file, from 0.</param>
/// <param name="ImageId">The COCO image, without leading zeros.</param>
/// <param name="Width">Columns of the masks that were compared.</param>
/// <param name="Height">Rows of the masks that were compared.</param>
/// <param name="WrongAreas">Segments whose pixel count is not their annotated area.</param>
/// <param name="OtherSize">True when the picture's size is not its annotation's; the annotation's was used.</param>
/// <param name="Phrases">The phrases, in the caption's order.</param>
public sealed record NarrativeResult(
    int Narrative,
    string ImageId,
    int Width,
    int Height,
    int WrongAreas,
    bool OtherSize,
    IReadOnlyList<PhraseResult> Phrases
)
{
    /// <summary>Its pairs of phrases with the same noun; null where a journal of before does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SameNounPairs? SameNoun { get; init; }

    /// <summary>The mean IoU of its phrases, 0 for none.</summary>
    public double MeanIoU => Phrases.Count == 0 ? 0 : Phrases.Average(p => p.IoU);

    /// <summary>The same without masks, to be kept by the ten thousand.</summary>
    public NarrativeResult WithoutMasks() => this with { Phrases = [.. Phrases.Select(p => p with { Counts = null })] };
}
