using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>A caption as the network reads it; the caller owns the tensors.</summary>
/// <param name="TokenIds">The caption's T tokens, without start, end and padding.</param>
/// <param name="Words">[T, C_t] their states.</param>
/// <param name="NullPhrase">[C_t] the state of the start-of-text token: what a pixel may attend to that belongs to no phrase.</param>
/// <param name="Phrases">[N, C_t] the mean state of each phrase's tokens, R^0.</param>
public sealed record CaptionStates(IReadOnlyList<int> TokenIds, Tensor Words, Tensor NullPhrase, Tensor Phrases) : IDisposable
{
    /// <summary>The part that prompts the UNet; the tensors stay this object's.</summary>
    public PhraseStates ForPrompt => new(NullPhrase, Phrases);

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Words.Dispose();
        NullPhrase.Dispose();
        Phrases.Dispose();
    }
}
