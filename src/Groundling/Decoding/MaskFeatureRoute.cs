using System.Text.Json.Serialization;
using Groundling.Diffusion;

namespace Groundling.Decoding;

/// <summary>What the frozen VAE decoder is given to draw detail from.</summary>
public enum MaskFeatureRoute
{
    /// <summary>The UNet's last feature, through a learned convolution: the detail has read the phrases.</summary>
    [JsonStringEnumMemberName("unet")]
    UNet,

    /// <summary>The picture's latents as they are: the detail depends on the picture alone and can be cached.</summary>
    [JsonStringEnumMemberName("latent")]
    Latent,
}
