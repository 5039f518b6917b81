using Groundling.Data;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>A picture as the UNet reads it; the caller owns the tensors.</summary>
/// <param name="Letterbox">How the picture lies in the network's input.</param>
/// <param name="Image">[1, 3, H, W] the input, in [-1, 1].</param>
/// <param name="Latents">[1, 4, h, w] scaled mean latents.</param>
public sealed record EncodedPicture(Letterbox Letterbox, Tensor Image, Tensor Latents) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Image.Dispose();
        Latents.Dispose();
    }
}
