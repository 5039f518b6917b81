using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>What one pass of the UNet leaves behind; the caller owns the tensors.</summary>
/// <param name="Prediction">[B, 4, h, w] noise or velocity, by the model's schedule; unused for grounding.</param>
/// <param name="Features">Outputs of the up blocks before their doubling, finest first: stride 8 [B, C, h, w], 16, 32, 64.</param>
public sealed record UNetOutput(Tensor Prediction, IReadOnlyList<Tensor> Features) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Prediction.Dispose();
        foreach (var feature in Features)
            feature.Dispose();
    }
}
