using System.Text.Json.Serialization;

namespace Groundling.Evaluation;

/// <summary>One kind of phrases that are not in the picture.</summary>
/// <param name="Phrases">How many.</param>
/// <param name="Area">The area under the ROC curve: how often one that is there has the larger value; null of none.</param>
/// <param name="EmptyAt95">The share that lies below the value that 95 % of those that are there reach.</param>
/// <param name="Empty">The share whose mask is empty as the model is set.</param>
public sealed record AbsentKind(
    int Phrases,
    [property: JsonPropertyName("auc")] double? Area,
    [property: JsonPropertyName("empty_at_95")] double? EmptyAt95,
    double? Empty
);
