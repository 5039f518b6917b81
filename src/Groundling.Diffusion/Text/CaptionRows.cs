namespace Groundling.Diffusion;

/// <summary>A caption as the text encoder reads it for pictures to be made: full rows, one for each of the caption's chunks.</summary>
/// <remarks>
/// Stable Diffusion learnt with all positions of a row, padding included, so it is prompted with all of them. The states of the
/// caption's own tokens are those that grounding reads: attention is causal, and padding stands behind them.
/// </remarks>
/// <param name="Rows">Start, a chunk's tokens, end, padding: each as long as the encoder has positions. At least one row.</param>
/// <param name="Places">Where each token of the caption stands, counted over all rows.</param>
/// <param name="Tokens">The caption's tokens.</param>
public sealed record CaptionRows(IReadOnlyList<long[]> Rows, IReadOnlyList<int> Places, IReadOnlyList<TextToken> Tokens)
{
    /// <summary>The rows of a caption; of an empty one a row without words.</summary>
    /// <param name="tokenizer">Text to tokens.</param>
    /// <param name="positions">Positions of the text encoder.</param>
    /// <param name="text">The caption.</param>
    public static CaptionRows Of(ClipTokenizer tokenizer, int positions, string text)
    {
        var tokens = tokenizer.Tokenize(text);
        var chunks = CaptionChunks.Split(text, tokens, positions - 2);
        var (rows, places) = (new List<long[]>(), new List<int>());
        foreach (var chunk in chunks.DefaultIfEmpty(0..0))
        {
            var (first, count) = chunk.GetOffsetAndLength(tokens.Count);
            places.AddRange(Enumerable.Range(rows.Count * positions + 1, count));
            var row = new long[positions];
            Array.Fill(row, tokenizer.PaddingToken);
            (row[0], row[count + 1]) = (tokenizer.StartToken, tokenizer.EndToken);
            for (var i = 0; i < count; i++)
                row[i + 1] = tokens[first + i].Id;
            rows.Add(row);
        }
        return new(rows, places, tokens);
    }

    /// <summary>
    /// Where a phrase's tokens stand, counted over all rows; a token belongs to a phrase when one of its characters does.
    /// </summary>
    /// <param name="start">The phrase's first character.</param>
    /// <param name="length">Its characters.</param>
    public IEnumerable<int> PlacesOf(int start, int length) =>
        Enumerable.Range(0, Tokens.Count).Where(i => Tokens[i].Start < start + length && Tokens[i].End > start).Select(i => Places[i]);
}
