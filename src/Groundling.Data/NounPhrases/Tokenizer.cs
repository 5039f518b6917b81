using System.Text.RegularExpressions;

namespace Groundling.Data.NounPhrases;

/// <summary>Splits a caption into words and symbols, with offsets: "It's a dog." -> it, 's, a, dog, .</summary>
internal static partial class Tokenizer
{
    private static readonly string[] Clitics = ["'s", "'re", "'ve", "'ll", "'d", "'m"];

    public static IReadOnlyList<Token> Tokenize(string caption)
    {
        var tokens = new List<Token>();
        var opens = true;
        int words = 0,
            capitals = 0;
        foreach (var match in Pattern().EnumerateMatches(caption))
        {
            var text = Plain(caption.AsSpan(match.Index, match.Length));
            var isWord = char.IsLetterOrDigit(text[^1]) || text.Length > 1;
            var capital = char.IsUpper(caption[match.Index]);
            if (isWord && !opens)
            {
                words++;
                capitals += capital ? 1 : 0;
            }

            foreach (var (offset, length) in SplitClitic(text))
            {
                tokens.Add(new Token(match.Index + offset, length, text.Substring(offset, length), capital && !opens, opens && isWord));
            }

            opens = isWord ? false : opens || text is "." or "!" or "?" or ":" or ";";
        }

        // In a title every word is capitalised, so that no capital says anything.
        return capitals * 2 <= words ? tokens : tokens.ConvertAll(t => t with { Capitalised = false });
    }

    private static string Plain(ReadOnlySpan<char> word) =>
        word.ToString().ToLowerInvariant().Replace('’', '\'').Replace('‘', '\'').Replace('‐', '-').Replace('‑', '-');

    private static IEnumerable<(int Offset, int Length)> SplitClitic(string word)
    {
        var clitic =
            Array.Find(Clitics, c => word.EndsWith(c, StringComparison.Ordinal))
            ?? (word.EndsWith("s'", StringComparison.Ordinal) ? "'" : "");
        var stem = word.Length - clitic.Length;
        if (stem > 0)
        {
            yield return (0, stem);
        }

        if (clitic.Length > 0)
        {
            yield return (stem, clitic.Length);
        }
    }

    // Titles, abbreviations and initials with their full stops; 'n'; words joined by hyphens, apostrophes and underscores (as labels
    // are), numbers by points; the s' of a plural possessor; and any other character by itself.
    [GeneratedRegex(
        @"\b(?:mr|mrs|ms|dr|st|jr|sr|mt)\.(?=\s)|\b(?:approx|vs|etc)\.(?=[\s,;)]|$)|\b(?:\p{L}\.){2,}|['’]n['’]"
            + @"|[$€£]?[\p{L}\p{M}\p{N}]+(?:[-‐‑'’_][\p{L}\p{M}\p{N}]+|[.,:](?<=\p{Nd}.)\p{Nd}+)*(?:(?<=s)['’](?=\s+\p{L})|%)?"
            + @"|\S",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
