namespace Groundling;

/// <summary>A noun phrase with what it stands for in the picture.</summary>
/// <param name="Span">The phrase in the caption.</param>
/// <param name="Score">Confidence in [0, 1].</param>
/// <param name="Mask">The phrase's pixels at the picture's size; empty when nothing was found.</param>
public sealed record GroundedPhrase(PhraseSpan Span, double Score, RunLengthMask Mask)
{
    /// <summary>
    /// How surely it is in the picture at all, in [0, 1]; below the model's least presence the mask is empty. Null where the model has not
    /// learnt to tell.
    /// </summary>
    public double? Presence { get; init; }
}
