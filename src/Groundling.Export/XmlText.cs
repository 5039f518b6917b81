namespace Groundling.Export;

/// <summary>Texts as XML can hold them (XML 1.0, 2.2): what it cannot hold becomes a blank or U+FFFD.</summary>
internal static class XmlText
{
    /// <summary>A text for people to read; line ends and tabulators become blanks, too.</summary>
    public static string Clean(string text) => Replaced(text, rune => rune.Value < 0x20);

    /// <summary>A file's name, which must stay what it is: attributes hold line ends and tabulators as references.</summary>
    public static string CleanName(string name) => Replaced(name, rune => rune.Value is < 0x20 and not ('\t' or '\n' or '\r'));

    private static string Replaced(string text, Func<System.Text.Rune, bool> isControl) =>
        string.Concat(text.EnumerateRunes().Select(rune => isControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? " " : rune.ToString()));
}
