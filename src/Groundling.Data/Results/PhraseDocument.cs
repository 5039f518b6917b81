using System.Text.Json.Serialization;

namespace Groundling;

/// <summary>A grounded phrase as JSON holds it.</summary>
public sealed record PhraseDocument
{
    private const int ScoreDigits = 6;

    /// <summary>The phrase as the caption writes it.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>Where it begins in the caption, in UTF-16 units.</summary>
    [JsonPropertyName("start")]
    public required int Start { get; init; }

    /// <summary>Where it ends.</summary>
    [JsonPropertyName("end")]
    public required int End { get; init; }

    /// <summary>Whether it names several things; left out where nobody said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("plural")]
    public bool? Plural { get; init; }

    /// <summary>The mean probability inside the mask, in [0, 1], 0 where it is empty; rounded to six places.</summary>
    [JsonPropertyName("score")]
    public required double Score { get; init; }

    /// <summary>
    /// How surely it is in the picture at all, in [0, 1], rounded to six places; left out where the model has not learnt to tell.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("presence")]
    public double? Presence { get; init; }

    /// <summary>The mask's pixels.</summary>
    [JsonPropertyName("area")]
    public required long Area { get; init; }

    /// <summary>The smallest box around the mask: [x, y, width, height].</summary>
    [JsonPropertyName("box")]
    public required Box Box { get; init; }

    /// <summary>The mask, run-length coded as COCO does it: { size: [height, width], counts }.</summary>
    [JsonPropertyName("segmentation")]
    public required RunLengthMask Segmentation { get; init; }

    internal static PhraseDocument From(GroundedPhrase phrase) =>
        new()
        {
            Text = phrase.Span.Text,
            Start = phrase.Span.Start,
            End = phrase.Span.End,
            Plural = phrase.Span.Plural,
            Score = Math.Round(phrase.Score, ScoreDigits),
            Presence = phrase.Presence is { } presence ? Math.Round(presence, ScoreDigits) : null,
            Area = phrase.Mask.Area,
            Box = phrase.Mask.Box,
            Segmentation = phrase.Mask,
        };

    internal GroundedPhrase ToPhrase() =>
        new(new(Start, End - Start, Text) { Plural = Plural }, Score, Segmentation) { Presence = Presence };

    /// <summary>Refuses a phrase that does not belong to its document.</summary>
    /// <exception cref="InputException">It contradicts the document or itself.</exception>
    internal void Require(GroundingDocument document)
    {
        if (Start < 0 || End <= Start || End > document.Caption.Length || document.Caption[Start..End] != Text)
            throw new InputException($"a grounding's phrase \"{Text}\" is not at {Start} to {End} of its caption; the file was changed");
        if (Score is not (>= 0 and <= 1) || Presence is not (null or (>= 0 and <= 1)))
            throw new InputException($"the score or presence of \"{Text}\" is no number from 0 to 1; the file was changed");
        if ((Segmentation.Width, Segmentation.Height) != (document.Width, document.Height))
            throw new InputException(
                $"the mask of \"{Text}\" is of {Segmentation.Width} x {Segmentation.Height} pixels, "
                    + $"its picture of {document.Width} x {document.Height}; the file was changed"
            );
    }
}
