using Groundling.Data;

namespace Groundling.Training;

/// <summary>A picture and a caption, read but not encoded; what was made of them before is there already.</summary>
/// <param name="Caption">The caption, mirrored where the picture is.</param>
/// <param name="Letterbox">How the picture lies in the network's input.</param>
/// <param name="Pixels">[3, H_0, W_0] in [-1, 1]; null where the latents are known.</param>
/// <param name="LatentsKey">The latents' key in the cache.</param>
/// <param name="Latents">[4, h, w], where they are known.</param>
/// <param name="PhrasesKey">The phrases' key in the cache.</param>
/// <param name="Phrases">[1 + N, C_t] null phrase and phrases, where they are known.</param>
public sealed record NarrativeSource(
    Caption Caption,
    Letterbox Letterbox,
    float[]? Pixels,
    byte[] LatentsKey,
    CachedTensor? Latents,
    byte[] PhrasesKey,
    CachedTensor? Phrases
);
