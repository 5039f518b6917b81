namespace Groundling.Hub;

/// <summary>Texts of others within a message of one line.</summary>
internal static class OneLine
{
    private const int Longest = 200;

    /// <summary>The text without control characters, cut where it is long.</summary>
    public static string Of(string text)
    {
        var clean = new string([.. text.Select(sign => char.IsControl(sign) ? ' ' : sign)]).Trim().TrimEnd('.');
        return clean.Length <= Longest ? clean : clean[..Longest] + " ...";
    }
}
