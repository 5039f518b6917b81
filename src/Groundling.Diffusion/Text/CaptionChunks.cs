namespace Groundling.Diffusion;

/// <summary>Cuts a caption into pieces that the text encoder can read in one go (method: long captions).</summary>
public static class CaptionChunks
{
    /// <summary>
    /// Fills chunks greedily with whole sentences while they fit. A sentence longer than a chunk is cut after its last comma that
    /// fits, else before the last word that does not fit, else anywhere. No token is dropped.
    /// </summary>
    /// <param name="text">The caption.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="capacity">Tokens a chunk may hold, without start and end.</param>
    /// <returns>Ranges of tokens that follow each other and cover them all.</returns>
    public static IReadOnlyList<Range> Split(string text, IReadOnlyList<TextToken> tokens, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var chunks = new List<Range>();
        var start = 0;
        void Close(int end)
        {
            if (end > start)
                chunks.Add(start..end);
            start = end;
        }
        var sentence = 0;
        while (sentence < tokens.Count)
        {
            var end = SentenceEnd(text, tokens, sentence);
            if (end - start > capacity)
                Close(sentence);
            while (end - start > capacity)
                Close(Cut(text, tokens, start, start + capacity));
            sentence = end;
        }
        Close(tokens.Count);
        return chunks;
    }

    private static int SentenceEnd(string text, IReadOnlyList<TextToken> tokens, int start)
    {
        for (var i = start; i < tokens.Count - 1; i++)
            if (text[tokens[i].End - 1] is '.' or '!' or '?' && tokens[i + 1].StartsWord)
                return i + 1;
        return tokens.Count;
    }

    private static int Cut(string text, IReadOnlyList<TextToken> tokens, int start, int limit)
    {
        for (var i = limit; i > start; i--)
            if (text[tokens[i - 1].End - 1] == ',' && tokens[i].StartsWord)
                return i;
        for (var i = limit; i > start; i--)
            if (tokens[i].StartsWord)
                return i;
        return limit;
    }
}
