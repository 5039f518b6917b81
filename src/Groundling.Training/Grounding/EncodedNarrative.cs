using Groundling.Data;
using Groundling.Modeling;
using Groundling.Prompting;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>A picture and a caption as the frozen encoders see them; the caller owns the tensors.</summary>
/// <param name="Latents">[4, h, w] scaled mean latents.</param>
/// <param name="NullPhrase">[C_t] the caption's start-of-text state.</param>
/// <param name="Phrases">[N, C_t] the phrases' states, R^0.</param>
public sealed record EncodedNarrative(Tensor Latents, Tensor NullPhrase, Tensor Phrases)
{
    /// <summary>Several narratives with inputs of one size as a batch; the caller owns it.</summary>
    public static GroundingInput Batch(IReadOnlyList<EncodedNarrative> narratives)
    {
        using var scope = NewDisposeScope();
        var latents = stack(narratives.Select(narrative => narrative.Latents));
        var input = GroundingInput.Batch(latents, [.. narratives.Select(narrative => new CaptionStates([], narrative.Phrases, narrative.NullPhrase, narrative.Phrases))]);
        foreach (var kept in (Tensor?[])[input.Latents, input.Phrases, input.NullPhrase, input.Valid]) kept?.MoveToOuterDisposeScope();
        return input;
    }
}
