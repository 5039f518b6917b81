using System.Text;
using System.Text.RegularExpressions;
using Groundling.Data.NounPhrases;

namespace Groundling.Data;

/// <summary>Words that say on which side something is, and what becomes of them in a mirror.</summary>
internal static partial class SideWords
{
    /// <summary>
    /// Exchanges "left" and "right", alone and in "leftmost", "left-hand", "righthand", "leftwards"; letter case is kept.
    /// </summary>
    public static Caption Exchange(Caption caption)
    {
        var text = new StringBuilder(caption.Text.Length + 8);
        var words = new List<(int Start, int End, int NewStart, int NewEnd)>();
        int at = 0;
        foreach (Match match in Word().Matches(caption.Text))
        {
            text.Append(caption.Text, at, match.Index - at);
            int start = text.Length;
            text.Append(Other(match.Groups[1].Value)).Append(match.Groups[2].Value);
            at = match.Index + match.Length;
            words.Add((match.Index, at, start, text.Length));
        }
        if (words.Count == 0)
            return caption;
        var mirrored = text.Append(caption.Text, at, caption.Text.Length - at).ToString();
        return new Caption(
            mirrored,
            [
                .. caption.Phrases.Select(phrase =>
                {
                    int start = Moved(phrase.Start, words, isEnd: false),
                        end = Moved(phrase.End, words, isEnd: true);
                    return new PhraseSpan(start, end - start, mirrored[start..end]);
                }),
            ]
        );
    }

    /// <summary>Where a place of the old text lies in the new one; inside an exchanged word, that word's beginning or end.</summary>
    private static int Moved(int place, List<(int Start, int End, int NewStart, int NewEnd)> words, bool isEnd)
    {
        foreach (var (start, end, newStart, newEnd) in words)
            if (start < place && place < end)
                return isEnd ? newEnd : newStart;
        var before = words.LastOrDefault(word => word.End <= place);
        return place + before.NewEnd - before.End;
    }

    private static string Other(string word)
    {
        var other = word.Length == "left".Length ? "right" : "left";
        if (word.All(char.IsUpper))
            return other.ToUpperInvariant();
        return char.IsUpper(word[0]) ? char.ToUpperInvariant(other[0]) + other[1..] : other;
    }

    [GeneratedRegex(@"\b(left|right)(most|hand|side|wards|ward)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
