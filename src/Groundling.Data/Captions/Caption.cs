using Groundling.Core;
using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling;

/// <summary>A caption with the noun phrases that are to be grounded. Phrases may lie inside one another.</summary>
/// <param name="Text">The caption without marks.</param>
/// <param name="Phrases">The phrases, each a stretch of <paramref name="Text"/>.</param>
public sealed record Caption(string Text, IReadOnlyList<PhraseSpan> Phrases)
{
    /// <summary>The most characters (UTF-16 units) of a caption that is grounded.</summary>
    public const int MostCharacters = 100_000;

    /// <summary>The most phrases of a caption that is grounded: work and memory grow with their number.</summary>
    public const int MostPhrases = 1_000;

    private const string HowToMark = "mark phrases with [brackets], or name them in 'phrases'";

    /// <summary>Reads a caption whose phrases stand in brackets: <c>[a man] rides [a horse]</c>.</summary>
    /// <param name="marked">Brackets may nest; <c>\[</c> and <c>\]</c> are brackets of the text itself.</param>
    /// <returns>The phrases in the order their brackets open, without the blanks at their ends.</returns>
    /// <exception cref="InputException">The caption is empty, has no phrase, or its brackets are unbalanced or empty.</exception>
    public static Caption ParseBrackets(string marked)
    {
        ArgumentNullException.ThrowIfNull(marked);
        RequireText(marked);
        var text = new System.Text.StringBuilder(marked.Length);
        var spans = new List<(int Start, int End)>();
        var open = new Stack<(int Phrase, int Position)>();
        for (int i = 0; i < marked.Length; i++)
        {
            char c = marked[i];
            if (c == '\\' && i + 1 < marked.Length && marked[i + 1] is '[' or ']')
            {
                text.Append(marked[++i]);
            }
            else if (c == '[')
            {
                open.Push((spans.Count, i));
                spans.Add((text.Length, -1));
            }
            else if (c == ']')
            {
                if (!open.TryPop(out var opened))
                    throw new InputException(
                        $"Caption: ']' at character {i + 1} has no '[' before it; write \\] for a bracket of the text itself."
                    );
                var (start, end) = (spans[opened.Phrase].Start, text.Length);
                while (start < end && char.IsWhiteSpace(text[start]))
                    start++;
                while (start < end && char.IsWhiteSpace(text[end - 1]))
                    end--;
                if (start == end)
                    throw new InputException(
                        $"Caption: the brackets at character {opened.Position + 1} are empty; put a phrase between them."
                    );
                spans[opened.Phrase] = (start, end);
            }
            else
            {
                text.Append(c);
            }
        }
        if (open.Count > 0)
            throw new InputException(
                $"Caption: '[' at character {open.Peek().Position + 1} is never closed; add ']', or write \\[ for a bracket of the text itself."
            );
        var plain = text.ToString();
        return WithPhrases(plain, [.. spans.Select(s => new PhraseSpan(s.Start, s.End - s.Start, plain[s.Start..s.End]))]);
    }

    /// <summary>Takes the phrases of a caption from its brackets, or finds its noun phrases where it has none.</summary>
    /// <param name="text">English, or marked as for <see cref="ParseBrackets"/>.</param>
    /// <exception cref="InputException">The caption is empty, no noun phrase is found, or its brackets are unbalanced or empty.</exception>
    public static Caption Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RequireText(text);
        if (text.AsSpan().ContainsAny('[', ']'))
            return ParseBrackets(text);
        List<PhraseSpan> spans =
        [
            .. NounPhraseChunker
                .English.Chunk(text)
                .Select(phrase => new PhraseSpan(phrase.Start, phrase.Length, phrase.Text) { Plural = phrase.Plural }),
        ];
        return spans.Count > 0
            ? new Caption(text, spans)
            : throw new InputException($"No noun phrase was found in the caption \"{PlainText.Excerpt(text)}\"; {HowToMark}.");
    }

    /// <summary>Finds given phrases in a caption, whatever their letter case.</summary>
    /// <param name="text">The caption; null joins the phrases into one: "a man, a horse".</param>
    /// <param name="phrases">The n-th mention of a phrase is its n-th occurrence; occurrences as whole words come first.</param>
    /// <exception cref="InputException">The caption is empty, there is no phrase, or one is empty or not in the caption.</exception>
    public static Caption FromPhrases(string? text, IEnumerable<string> phrases)
    {
        ArgumentNullException.ThrowIfNull(phrases);
        string[] wanted = [.. phrases.Select(p => p?.Trim() ?? "")];
        for (int i = 0; i < wanted.Length; i++)
            if (wanted[i].Length == 0)
                throw new InputException($"Phrase {i + 1} of {wanted.Length} is empty; leave it out or name something.");
        if (text is null)
            return Joined(wanted);
        RequireText(text);

        var occurrences = new Dictionary<string, Queue<int>>(StringComparer.OrdinalIgnoreCase);
        var spans = new List<PhraseSpan>(wanted.Length);
        foreach (var phrase in wanted)
        {
            if (!occurrences.TryGetValue(phrase, out var starts))
            {
                starts = PhraseSearch.Occurrences(text, phrase);
                if (starts.Count == 0)
                    throw new InputException($"Phrase \"{phrase}\" is not in the caption; phrases must be parts of the caption's text.");
                occurrences.Add(phrase, starts);
            }
            if (!starts.TryDequeue(out int start))
                throw new InputException(
                    $"Phrase \"{phrase}\" is asked for more often than the caption holds it; name it once for each occurrence."
                );
            spans.Add(new PhraseSpan(start, phrase.Length, text.Substring(start, phrase.Length)));
        }
        return WithPhrases(text, spans);
    }

    /// <summary>Refuses a caption that is more than one pass can read.</summary>
    /// <returns>The caption.</returns>
    /// <exception cref="InputException">
    /// It has more than <see cref="MostCharacters"/> characters or <see cref="MostPhrases"/> phrases.
    /// </exception>
    public Caption RequireLimits() =>
        Text.Length > MostCharacters
            ? throw new InputException(
                $"The caption has {Text.Length} characters; {MostCharacters} are allowed: shorten it, or ground it in parts."
            )
        : Phrases.Count > MostPhrases
            ? throw new InputException($"The caption has {Phrases.Count} phrases; {MostPhrases} are allowed: ground it in parts.")
        : this;

    /// <summary>The caption of the picture as a mirror shows it: words for left and right exchanged, phrases on the same words.</summary>
    public Caption Mirrored() => SideWords.Exchange(this);

    private static Caption Joined(string[] phrases)
    {
        const string separator = ", ";
        var spans = new List<PhraseSpan>(phrases.Length);
        int at = 0;
        foreach (var phrase in phrases)
        {
            spans.Add(new PhraseSpan(at, phrase.Length, phrase));
            at += phrase.Length + separator.Length;
        }
        return WithPhrases(string.Join(separator, phrases), spans);
    }

    private static Caption WithPhrases(string text, List<PhraseSpan> phrases) =>
        phrases.Count > 0 ? new Caption(text, phrases) : throw new InputException($"The caption names no phrase to ground; {HowToMark}.");

    private static void RequireText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new InputException($"The caption is empty; write a sentence and {HowToMark}.");
    }
}
