using Groundling.Data;

namespace Groundling.Training;

/// <summary>A picture and a caption on their way to the frozen encoders; what was made of them before is there already.</summary>
/// <param name="Caption">The caption, mirrored where the picture is.</param>
/// <param name="Letterbox">How the picture lies in the network's input.</param>
/// <param name="Pixels">[3, H_0, W_0] in [-1, 1]; null where the latents are known.</param>
/// <param name="LatentsKey">The latents' key in the cache.</param>
/// <param name="Latents">The latents, where they are known.</param>
/// <param name="StatesKey">The phrases' key in the cache.</param>
/// <param name="States">The states of null phrase and phrases, where they are known.</param>
public sealed record EncoderInput(
    Caption Caption, Letterbox Letterbox, float[]? Pixels, byte[] LatentsKey, (float[] Values, long[] Shape)? Latents, byte[] StatesKey, (float[] Values, long[] Shape)? States);
