using System.Text.RegularExpressions;

namespace Groundling.Data.NounPhrases;

/// <summary>Numbers that count places: "first", "2nd", "21st". What follows one is single.</summary>
internal static partial class Ordinals
{
    public static bool Contains(string word) => Pattern().IsMatch(word);

    [GeneratedRegex(
        @"^(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|hundredth|\p{Nd}+(?:st|nd|rd|th))$"
    )]
    private static partial Regex Pattern();
}
