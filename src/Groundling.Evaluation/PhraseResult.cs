using System.Text.Json.Serialization;

namespace Groundling.Evaluation;

/// <summary>How well one phrase was grounded.</summary>
/// <param name="Phrase">Its place among the record's phrases with ground truth, from 0.</param>
/// <param name="Text">The phrase as the caption writes it.</param>
/// <param name="Start">Where it begins in the caption, in UTF-16 units.</param>
/// <param name="Segments">How many segments its ground truth unites.</param>
/// <param name="PluralFlag">The annotators' plural flag.</param>
/// <param name="LastIsThing">Whether the last segment's category is a thing.</param>
/// <param name="CategoryId">The last segment's category.</param>
/// <param name="IoU">Intersection over union, in [0, 1]; 0 when both masks are empty.</param>
/// <param name="TruthPixels">Pixels of the ground truth, at the resolution that was judged.</param>
/// <param name="PredictedPixels">Pixels of the prediction, at the same resolution.</param>
/// <param name="Missing">True when there was no prediction: an empty mask was judged.</param>
/// <param name="Counts">The predicted mask as COCO's compressed string, or null where it was not kept.</param>
public sealed record PhraseResult(
    int Phrase,
    string Text,
    int Start,
    int Segments,
    bool PluralFlag,
    bool LastIsThing,
    int CategoryId,
    [property: JsonPropertyName("iou")] double IoU,
    long TruthPixels,
    long PredictedPixels,
    bool Missing,
    string? Counts
);
