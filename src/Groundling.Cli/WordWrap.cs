namespace Groundling.Cli;

/// <summary>Texts in lines of so many columns, parted between words.</summary>
internal static class WordWrap
{
    /// <summary>The lines of a text; a word that is longer than a line has one of its own, whole.</summary>
    /// <param name="text">In one line.</param>
    /// <param name="width">Columns of a line.</param>
    /// <param name="indent">Blanks before the first line.</param>
    /// <param name="later">Blanks before the others.</param>
    public static IEnumerable<string> Lines(string text, int width, int indent = 0, int later = 0)
    {
        var line = new string(' ', indent);
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line.TrimEnd();
                (line, isEmpty) = (new string(' ', later), true);
            }
            line += isEmpty ? word : $" {word}";
            isEmpty = false;
        }
        if (!string.IsNullOrWhiteSpace(line))
            yield return line.TrimEnd();
    }
}
