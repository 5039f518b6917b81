using System.Globalization;

namespace Groundling.Data;

/// <summary>Finds a phrase in a text without regard to letter case.</summary>
internal static class PhraseSearch
{
    /// <summary>Where the phrase begins: whole-word occurrences from left to right, then the others.</summary>
    public static Queue<int> Occurrences(string text, string phrase)
    {
        var words = new Queue<int>();
        var parts = new List<int>();
        for (int at = 0; (at = text.IndexOf(phrase, at, StringComparison.OrdinalIgnoreCase)) >= 0; )
        {
            if (IsWhole(text, at, at + phrase.Length))
            {
                words.Enqueue(at);
                at += phrase.Length;
            }
            else
            {
                parts.Add(at);
                at++;
            }
        }
        int free = 0,
            next = 0; // the first word that does not end before the part; both go from left to right
        int[] taken = [.. words];
        foreach (int at in parts)
        {
            while (next < taken.Length && taken[next] + phrase.Length <= at)
                next++;
            if (at < free || (next < taken.Length && taken[next] < at + phrase.Length))
                continue;
            words.Enqueue(at);
            free = at + phrase.Length;
        }
        return words;
    }

    /// <summary>True when neither end cuts a word.</summary>
    public static bool IsWhole(string text, int start, int end) => IsBoundary(text, start) && IsBoundary(text, end);

    private static bool IsBoundary(string text, int at) =>
        at == 0
        || at == text.Length
        || !(char.IsSurrogatePair(text[at - 1], text[at]) || (IsWordPart(text[at - 1]) && IsWordPart(text[at])));

    private static bool IsWordPart(char c) =>
        char.IsLetterOrDigit(c)
        || c == '_'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
