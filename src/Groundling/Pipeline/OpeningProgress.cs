namespace Groundling;

/// <summary>
/// How far <see cref="GroundingPipeline.OpenAsync(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)"/> has come.
/// </summary>
/// <param name="Part">The part that is being opened: "text_encoder", "vae", "unet", "grounding"; empty when all are open.</param>
/// <param name="Done">Parts that are open.</param>
/// <param name="Total">Parts in all: 4 with trained parts, else 3.</param>
public sealed record OpeningProgress(string Part, int Done, int Total);
