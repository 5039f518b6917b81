using Groundling.Data;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Modeling;

/// <summary>Pictures and captions as the frozen encoders see them, N phrases each, padded.</summary>
/// <param name="Latents">[B, 4, h, w] scaled mean latents.</param>
/// <param name="Phrases">[B, N, C_t] the phrases' states, R^0; anything finite where they are padding.</param>
/// <param name="NullPhrase">[B, C_t] the captions' start-of-text states.</param>
/// <param name="Valid">[B, N] false where a phrase is padding, or null when none is; each row has a valid one.</param>
public sealed record GroundingInput(Tensor Latents, Tensor Phrases, Tensor NullPhrase, Tensor? Valid) : IDisposable
{
    /// <summary>Looked at in every block of the UNet.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Puts captions of different lengths into one batch.</summary>
    /// <param name="latents">[B, 4, h, w]; the result takes a view of it.</param>
    /// <param name="captions">B captions' phrases; the caller keeps them.</param>
    /// <returns>The batch; the caller owns it.</returns>
    public static GroundingInput Batch(Tensor latents, IReadOnlyList<PhraseStates> captions)
    {
        if (latents.shape[0] != captions.Count)
            throw new ArgumentException(
                $"{latents.shape[0]} pictures and {captions.Count} captions; one for each is needed",
                nameof(captions)
            );
        using var scope = NewDisposeScope();
        var counts = captions.Select(caption => caption.Phrases.shape[0]).ToList();
        if (counts.Min() == 0)
            throw new ArgumentException("a caption has no phrases; each needs one at least", nameof(captions));
        var most = counts.Max();
        var phrases = stack(captions.Select((caption, row) => nn.functional.pad(caption.Phrases, [0, 0, 0, most - counts[row]])));
        var valid =
            counts.Min() == most
                ? null
                : HeldScalars.Range(most, int64, CPU).unsqueeze(0).lt(tensor(counts, device: CPU).unsqueeze(1)).to(phrases.device);
        return new(
            latents.alias().MoveToOuterDisposeScope(),
            phrases.MoveToOuterDisposeScope(),
            stack(captions.Select(caption => caption.NullPhrase)).MoveToOuterDisposeScope(),
            valid?.MoveToOuterDisposeScope()
        );
    }

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Latents.Dispose();
        Phrases.Dispose();
        NullPhrase.Dispose();
        Valid?.Dispose();
    }
}
