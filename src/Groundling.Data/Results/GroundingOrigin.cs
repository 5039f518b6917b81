using System.Text.Json.Serialization;

namespace Groundling;

/// <summary>What made a grounding's masks.</summary>
/// <param name="Model">The frozen model's folder, by its name.</param>
/// <param name="Trained">The folder of the trained parts, as it was given; null where there are none.</param>
/// <param name="Method">The parts of the method that were at work, in words.</param>
/// <param name="MaskHead">Whose masks these are: "decoder", "adapter", "diffusion" or "refined".</param>
public sealed record GroundingOrigin(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("trained")] string? Trained,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("mask_head")] string MaskHead
);
