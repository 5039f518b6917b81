namespace Groundling.Diffusion;

/// <summary>What the UNet's output means. Grounding does not read it; sampling and training do.</summary>
public enum PredictionType
{
    /// <summary>epsilon: the noise in the latents (SD 1.x, SD 2 base).</summary>
    Epsilon,

    /// <summary>v_prediction: the velocity between noise and latents (SD 2.x at 768 pixels).</summary>
    Velocity,
}
