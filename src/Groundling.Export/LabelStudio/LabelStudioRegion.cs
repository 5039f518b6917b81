using System.Text.Json.Serialization;

namespace Groundling.Export.LabelStudio;

/// <summary>A region as Label Studio reads it.</summary>
public sealed record LabelStudioRegion
{
    /// <summary>Unlike all others of its prediction.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The control that it is of.</summary>
    [JsonPropertyName("from_name")]
    public required string FromName { get; init; }

    /// <summary>The image that it is in.</summary>
    [JsonPropertyName("to_name")]
    public required string ToName { get; init; }

    /// <summary>"brushlabels" or "polygonlabels".</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The picture's columns.</summary>
    [JsonPropertyName("original_width")]
    public required int OriginalWidth { get; init; }

    /// <summary>The picture's rows.</summary>
    [JsonPropertyName("original_height")]
    public required int OriginalHeight { get; init; }

    /// <summary>Degrees; pictures are upright.</summary>
    [JsonPropertyName("image_rotation")]
    public int ImageRotation { get; init; }

    /// <summary>Confidence in [0, 1].</summary>
    [JsonPropertyName("score")]
    public required double Score { get; init; }

    /// <summary>The mask and its label.</summary>
    [JsonPropertyName("value")]
    public required LabelStudioValue Value { get; init; }

    /// <summary>The phrase, which Label Studio shows as the region's note.</summary>
    [JsonPropertyName("meta")]
    public required LabelStudioMeta Meta { get; init; }

    internal static IEnumerable<LabelStudioRegion> Of(
        GroundedPhrase phrase,
        string label,
        RegionShape shape,
        string fromName,
        string toName,
        string id
    )
    {
        var mask = phrase.Mask;
        var values = shape == RegionShape.Brush ? [LabelStudioValue.Brush(mask, label)] : LabelStudioValue.Polygons(mask, label).ToList();
        return values
            .Index()
            .Select(value => new LabelStudioRegion
            {
                Id = values.Count == 1 ? id : $"{id}-{value.Index + 1}",
                FromName = fromName,
                ToName = toName,
                Type = shape == RegionShape.Brush ? "brushlabels" : "polygonlabels",
                OriginalWidth = mask.Width,
                OriginalHeight = mask.Height,
                Score = Math.Round(phrase.Score, 6),
                Value = value.Item,
                Meta = new([phrase.Span.Text], phrase.Span.Start, phrase.Span.End),
            });
    }
}

/// <summary>Where a region comes from.</summary>
/// <param name="Text">The phrase.</param>
/// <param name="Start">Where it begins in the caption, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
public sealed record LabelStudioMeta(
    [property: JsonPropertyName("text")] IReadOnlyList<string> Text,
    [property: JsonPropertyName("start")] int Start,
    [property: JsonPropertyName("end")] int End
);
