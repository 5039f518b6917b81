using System.Text.Json.Serialization;

namespace Groundling.Export.LabelStudio;

/// <summary>What a model says of a task: <c>predictions</c> of a task file, <c>results</c> of a model's server.</summary>
/// <param name="ModelVersion">Which model.</param>
/// <param name="Score">The regions' mean score in [0, 1].</param>
/// <param name="Result">The regions.</param>
public sealed record LabelStudioPrediction(
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("score")] double Score,
    [property: JsonPropertyName("result")] IReadOnlyList<LabelStudioRegion> Result
)
{
    /// <summary>The regions of labelled phrases.</summary>
    /// <param name="modelVersion">Which model.</param>
    /// <param name="phrases">Each with its label, as the project's configuration writes it; empty masks make no region.</param>
    /// <param name="shape">Brush or polygons.</param>
    /// <param name="fromName">The name of the control: of BrushLabels or PolygonLabels.</param>
    /// <param name="toName">The name of the Image.</param>
    /// <param name="idPrefix">
    /// What the regions' ids begin with: those of one task must differ, or a region that was accepted gives way to a later one.
    /// </param>
    public static LabelStudioPrediction Of(
        string modelVersion,
        IEnumerable<(GroundedPhrase Phrase, string Label)> phrases,
        RegionShape shape,
        string fromName,
        string toName,
        string idPrefix = "phrase"
    )
    {
        ArgumentNullException.ThrowIfNull(phrases);
        List<LabelStudioRegion> regions =
        [
            .. phrases
                .Where(item => item.Phrase.Mask.Area > 0)
                .Index()
                .SelectMany(item =>
                    LabelStudioRegion.Of(item.Item.Phrase, item.Item.Label, shape, fromName, toName, $"{idPrefix}{item.Index + 1}")
                ),
        ];
        return new(modelVersion, regions.Count == 0 ? 0 : Math.Round(regions.Average(region => region.Score), 6), regions);
    }
}
