using Groundling.Data;
using Groundling.Modeling;
using Groundling.Prompting;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>A picture and a caption as the frozen encoders see them; the caller owns the tensors.</summary>
/// <param name="Latents">[4, h, w] scaled mean latents.</param>
/// <param name="States">The caption's null phrase [C_t] and phrases [N, C_t].</param>
public sealed record EncodedNarrative(Tensor Latents, PhraseStates States)
{
    /// <summary>Several narratives with inputs of one size as a batch; the caller owns it.</summary>
    public static GroundingInput Batch(IReadOnlyList<EncodedNarrative> narratives)
    {
        using var scope = NewDisposeScope();
        var latents = stack(narratives.Select(narrative => narrative.Latents));
        var input = GroundingInput.Batch(latents, [.. narratives.Select(narrative => narrative.States)]);
        foreach (var kept in (Tensor?[])[input.Latents, input.Phrases, input.NullPhrase, input.Valid])
            kept?.MoveToOuterDisposeScope();
        return input;
    }
}
