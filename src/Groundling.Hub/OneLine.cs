using Groundling.Core;

namespace Groundling.Hub;

/// <summary>Texts of others within a message of one line.</summary>
internal static class OneLine
{
    private const int Longest = 200;

    /// <summary>The text as <see cref="PlainText.InOneLine"/> has it, without a closing full stop, cut where it is long.</summary>
    public static string Of(string text)
    {
        var clean = PlainText.InOneLine(text).Trim().TrimEnd('.');
        return clean.Length <= Longest ? clean : clean[..Longest] + " ...";
    }
}
