using System.Text.RegularExpressions;
using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Guesses the class of an unknown word from its shape.</summary>
internal static partial class Suffixes
{
    private static readonly (string Ending, WordClass Classes)[] Endings =
    [
        ("ing", Gerund),
        ("ed", AnyPast),
        ("ly", Adverb),
        ("ous", Adjective),
        ("ful", Adjective),
        ("less", Adjective),
        ("able", Adjective),
        ("ible", Adjective),
        ("ish", Adjective),
        ("ive", Adjective),
        ("esque", Adjective),
        ("ic", Adjective | Noun),
        ("ical", Adjective),
        ("ial", Adjective),
        ("ual", Adjective),
        ("ss", Noun),
        ("us", Noun),
        ("is", Noun),
        ("men", Plural),
        ("s", Plural | VerbS),
    ];

    public static Word Guess(string text)
    {
        if (Decade().IsMatch(text))
        {
            return new Word(Noun, WordTraits.Time);
        }

        if (Numeral().IsMatch(text))
        {
            return new Word(Number, WordTraits.None);
        }

        // A single letter names nothing, and other scripts are not English.
        if (text.Length < 2 || !Latin().IsMatch(text))
        {
            return new Word(text is "'s" or "'" ? PossessiveMark : Symbol, WordTraits.None);
        }

        if (text[0] == '\'')
        {
            return new Word(Auxiliary, WordTraits.None);
        }

        foreach (var (ending, classes) in Endings)
        {
            if (text.Length > ending.Length + 2 && text.EndsWith(ending, StringComparison.Ordinal))
            {
                return new Word(classes, WordTraits.Unknown);
            }
        }

        return new Word(Noun, WordTraits.Unknown);
    }

    [GeneratedRegex(@"^\p{Nd}+'?s$")]
    private static partial Regex Decade();

    [GeneratedRegex(@"^[$€£]?\p{Nd}[\p{Nd}.,:]*(st|nd|rd|th|%|k|m)?$")]
    private static partial Regex Numeral();

    [GeneratedRegex(@"^[\p{IsBasicLatin}\p{IsLatin-1Supplement}\p{IsLatinExtended-A}\p{IsLatinExtended-B}\p{M}]*$")]
    private static partial Regex Latin();
}
