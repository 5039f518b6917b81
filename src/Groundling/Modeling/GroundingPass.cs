using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Prompting;

namespace Groundling.Modeling;

/// <summary>What a pass leaves for its answer and for those who want to look inside; the caller owns it.</summary>
/// <param name="Prompt">The prompts, with what pixels and phrases read of each other in every block.</param>
/// <param name="UNet">The UNet's features.</param>
/// <param name="Decoder">The last decoder layer's prediction, [B, N, H_0/4, W_0/4]; null where there is no decoder.</param>
public sealed record GroundingPass(PhrasePrompt Prompt, UNetOutput UNet, MaskPrediction? Decoder) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Prompt.Dispose();
        UNet.Dispose();
        Decoder?.Dispose();
    }
}
