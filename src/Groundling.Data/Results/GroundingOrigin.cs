namespace Groundling;

/// <summary>What made a grounding's masks.</summary>
/// <param name="Model">The frozen model's folder, by its name.</param>
/// <param name="Trained">The folder of the trained parts, as it was given; null where there are none.</param>
/// <param name="Method">The parts of the method that were at work, in words.</param>
/// <param name="MaskHead">Whose masks these are: "diffusion" or "decoder".</param>
public sealed record GroundingOrigin(string Model, string? Trained, string Method, string MaskHead);
