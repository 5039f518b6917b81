namespace Groundling.Data.NounPhrases;

/// <summary>The regular endings of English.</summary>
internal static class Inflection
{
    /// <summary>Plural of a noun, and third person of a verb: box, boxes; city, cities; day, days.</summary>
    public static string WithS(string word) =>
        word switch
        {
            [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] => word + "es",
            [.., var before, 'y'] when !IsVowel(before) => word[..^1] + "ies",
            [.., 'f' or 'g' or 'h' or 'r' or 't' or 'l' or 'd' or 'm' or 'n', 'o'] when word.Length <= 4 => word + "es",
            _ => word + "s",
        };

    /// <summary>A plural's singular, by its ending alone: the reverse of <see cref="WithS"/>.</summary>
    public static string WithoutS(string plural) =>
        plural switch
        {
            [.., 's' or 'u' or 'i', 's'] => plural,
            [_, _, .., 'i', 'e', 's'] when plural.Length > 4 => plural[..^3] + "y",
            [.., 's' or 'x' or 'z', 'e', 's'] or [.., 'c' or 's', 'h', 'e', 's'] => plural[..^2],
            [_, .., 's'] => plural[..^1],
            _ => plural,
        };

    /// <summary>Both spellings where English has two: running; traveling, travelling.</summary>
    public static IEnumerable<string> WithIng(string verb) =>
        verb switch
        {
            [.., 'i', 'e'] => [verb[..^2] + "ying"],
            [.., 'e', 'e'] or [.., 'o' or 'y', 'e'] => [verb + "ing"],
            [.., 'e'] => [verb[..^1] + "ing"],
            _ => Stems(verb).Select(stem => stem + "ing"),
        };

    public static IEnumerable<string> WithEd(string verb) =>
        verb switch
        {
            [.., 'e'] => [verb + "d"],
            [.., var before, 'y'] when !IsVowel(before) => [verb[..^1] + "ied"],
            _ => Stems(verb).Select(stem => stem + "ed"),
        };

    /// <summary>Comparative and superlative of a short adjective: bigger, biggest.</summary>
    public static IEnumerable<string> Compared(string adjective)
    {
        if (adjective.Length > 6 && adjective[^1] != 'y')
        {
            return [];
        }

        IEnumerable<string> stems = adjective switch
        {
            [.., 'e'] => [adjective[..^1]],
            [.., var before, 'y'] when !IsVowel(before) => [adjective[..^1] + "i"],
            _ => Stems(adjective),
        };
        return stems.SelectMany(stem => new[] { stem + "er", stem + "est" });
    }

    // A final consonant is doubled after a short stressed vowel; in longer words stress is not visible, so both are taken.
    private static IEnumerable<string> Stems(string word)
    {
        if (
            word is [.., var first, var vowel, var last]
                && !IsVowel(first)
                && IsVowel(vowel)
                && !IsVowel(last)
                && last is not ('w' or 'x' or 'y')
            || word is [.., 'q', 'u', var inner, var end] && IsVowel(inner) && !IsVowel(end)
        )
        {
            return word.Count(IsVowel) == 1 ? [word + word[^1]] : [word, word + word[^1]];
        }

        return [word];
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}
