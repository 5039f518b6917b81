using System.Text.RegularExpressions;

namespace Groundling.Data.NounPhrases;

/// <summary>Guesses the class of an unknown word from its shape.</summary>
internal static partial class Suffixes
{
    private static readonly (string Ending, WordClass Classes)[] Endings =
    [
        ("ing", WordClass.Gerund), ("ed", WordClass.AnyPast), ("ly", WordClass.Adverb),
        ("ous", WordClass.Adjective), ("ful", WordClass.Adjective), ("less", WordClass.Adjective), ("able", WordClass.Adjective),
        ("ible", WordClass.Adjective), ("ish", WordClass.Adjective), ("ive", WordClass.Adjective), ("esque", WordClass.Adjective),
        ("ic", WordClass.Adjective | WordClass.Noun), ("ical", WordClass.Adjective), ("ial", WordClass.Adjective), ("ual", WordClass.Adjective),
        ("ss", WordClass.Noun), ("us", WordClass.Noun), ("is", WordClass.Noun), ("men", WordClass.Plural), ("s", WordClass.Plural | WordClass.VerbS),
    ];

    public static Word Guess(string text)
    {
        if (Decade().IsMatch(text))
        {
            return new Word(WordClass.Noun, WordTraits.Time);
        }

        if (Numeral().IsMatch(text))
        {
            return new Word(WordClass.Number, WordTraits.None);
        }

        // A single letter names nothing, and other scripts are not English.
        if (text.Length < 2 || !Latin().IsMatch(text))
        {
            return new Word(text is "'s" or "'" ? WordClass.PossessiveMark : WordClass.Symbol, WordTraits.None);
        }

        if (text[0] == '\'')
        {
            return new Word(WordClass.Auxiliary, WordTraits.None);
        }

        foreach (var (ending, classes) in Endings)
        {
            if (text.Length > ending.Length + 2 && text.EndsWith(ending, StringComparison.Ordinal))
            {
                return new Word(classes, WordTraits.Unknown);
            }
        }

        return new Word(WordClass.Noun, WordTraits.Unknown);
    }

    [GeneratedRegex(@"^\p{Nd}+'?s$")]
    private static partial Regex Decade();

    [GeneratedRegex(@"^[$€£]?\p{Nd}[\p{Nd}.,:]*(st|nd|rd|th|%|k|m)?$")]
    private static partial Regex Numeral();

    [GeneratedRegex(@"^[\p{IsBasicLatin}\p{IsLatin-1Supplement}\p{IsLatinExtended-A}\p{IsLatinExtended-B}\p{M}]*$")]
    private static partial Regex Latin();
}
