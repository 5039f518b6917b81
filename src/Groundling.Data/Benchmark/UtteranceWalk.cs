namespace Groundling.Data.Benchmark;

/// <summary>Finds utterances one after the other in a caption; letter case and blanks do not count.</summary>
internal sealed class UtteranceWalk(string caption)
{
    private int _at;

    /// <summary>
    /// The next place of the utterance, at the cursor if it is there, else further on as whole words, else anywhere further on.
    /// </summary>
    /// <returns>Where it starts and ends; null (and the cursor stays) when it does not occur.</returns>
    public (int Start, int End)? Next(string utterance)
    {
        var wanted = utterance.AsSpan().Trim();
        if (wanted.IsEmpty)
            return null;
        int here = SkipBlanks(_at);
        if (Match(here, wanted) is { } there)
            return Take(here, there);
        foreach (bool whole in (ReadOnlySpan<bool>)[true, false])
            for (int start = here; start < caption.Length; start++)
                if (
                    !char.IsWhiteSpace(caption[start])
                    && Match(start, wanted) is { } end
                    && (!whole || PhraseSearch.IsWhole(caption, start, end))
                )
                    return Take(start, end);
        return null;
    }

    private (int, int) Take(int start, int end)
    {
        _at = end;
        return (start, end);
    }

    /// <summary>Where the utterance ends if the caption holds it at <paramref name="at"/>.</summary>
    private int? Match(int at, ReadOnlySpan<char> wanted)
    {
        foreach (char c in wanted)
        {
            if (char.IsWhiteSpace(c))
                continue;
            at = SkipBlanks(at);
            if (at == caption.Length || char.ToUpperInvariant(caption[at]) != char.ToUpperInvariant(c))
                return null;
            at++;
        }
        return at;
    }

    private int SkipBlanks(int at)
    {
        while (at < caption.Length && char.IsWhiteSpace(caption[at]))
            at++;
        return at;
    }
}
