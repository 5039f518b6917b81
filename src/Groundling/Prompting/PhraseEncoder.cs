using Groundling.Core;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Prompting;

/// <summary>Captions to phrase states: frozen text encoder, then the mean over each phrase's tokens (Sec. 3.1).</summary>
public sealed class PhraseEncoder(ClipTokenizer tokenizer, TextEncoder encoder)
{
    private const int ChunksAtOnce = 32;

    /// <summary>Encodes a caption.</summary>
    /// <param name="caption">As long as captions may be.</param>
    /// <param name="cancellation">Looked at between a few chunks of the caption and the next.</param>
    /// <returns>Its states; the caller owns them.</returns>
    /// <exception cref="InputException">The caption is too long or has no phrases or too many, or a phrase has no token.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public CaptionStates Encode(Caption caption, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        ArgumentNullException.ThrowIfNull(caption);
        caption.RequireLimits();
        var tokens = tokenizer.Tokenize(caption.Text);
        var places = caption.Phrases.Select(phrase => TokensOf(phrase, tokens)).ToList();
        if (places.Count == 0)
            throw new InputException("the caption has no phrases to ground");
        var states = States(caption.Text, tokens, cancellation); // [1 + T, Ct], the start token first
        encoder.ReleasePages(); // half a gigabyte that the UNet can use
        var words = states.narrow(0, 1, tokens.Count);
        var phrases = stack(places.Select(place => words.narrow(0, place.Start, place.Count).mean([0])));
        return new(
            [.. tokens.Select(token => token.Id)],
            words.MoveToOuterDisposeScope(),
            states[0].MoveToOuterDisposeScope(),
            phrases.MoveToOuterDisposeScope()
        );
    }

    /// <summary>
    /// Each chunk is read between its own start and end tokens; attention is causal, so padding behind it changes nothing.
    /// </summary>
    private Tensor States(string text, IReadOnlyList<TextToken> tokens, CancellationToken cancellation)
    {
        var capacity = encoder.Config.Positions - 2;
        var chunks = CaptionChunks.Split(text, tokens, capacity);
        var states = new List<Tensor>();
        foreach (var batch in chunks.Chunk(ChunksAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var lengths = batch.Select(chunk => chunk.GetOffsetAndLength(tokens.Count).Length).ToArray();
            var width = lengths.Max() + 2;
            var ids = new long[batch.Length * width];
            Array.Fill(ids, tokenizer.EndToken);
            for (var row = 0; row < batch.Length; row++)
            {
                ids[row * width] = tokenizer.StartToken;
                for (var i = 0; i < lengths[row]; i++)
                    ids[row * width + 1 + i] = tokens[batch[row].Start.Value + i].Id;
            }
            var read = encoder.call(tensor(ids, [batch.Length, width], device: encoder.Device())); // [chunks, width, Ct]
            if (states.Count == 0)
                states.Add(read[0].narrow(0, 0, 1).MoveToOuterDisposeScope());
            for (var row = 0; row < batch.Length; row++)
                states.Add(read[row].narrow(0, 1, lengths[row]).MoveToOuterDisposeScope());
        }
        return cat(states, 0);
    }

    /// <summary>A token belongs to a phrase when one of its characters does; tokens stand in the caption's order.</summary>
    private static (int Start, int Count) TokensOf(PhraseSpan phrase, IReadOnlyList<TextToken> tokens)
    {
        int start = FirstOf(tokens, token => token.End > phrase.Start),
            end = FirstOf(tokens, token => token.Start >= phrase.End);
        return end > start
            ? (start, end - start)
            : throw new InputException(
                $"the phrase '{PlainText.Excerpt(phrase.Text)}' at character {phrase.Start} has no letters or signs to read; leave it out"
            );
    }

    /// <summary>The first token that is so, where all behind it are, too: by halves.</summary>
    private static int FirstOf(IReadOnlyList<TextToken> tokens, Func<TextToken, bool> isSo)
    {
        int low = 0,
            high = tokens.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = isSo(tokens[middle]) ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
