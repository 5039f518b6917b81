namespace Groundling.Export;

/// <summary>Texts as XML can hold them (XML 1.0, 2.2): what it cannot hold becomes a blank or U+FFFD.</summary>
internal static class XmlText
{
    public static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value is < 0x20 or 0xFFFE or 0xFFFF ? " " : rune.ToString()));
}
