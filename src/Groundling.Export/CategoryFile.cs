using Groundling.Core;

namespace Groundling.Export;

/// <summary>
/// A file of categories: a line each, <c>name</c>, <c>name (stuff)</c>, either with <c>= synonym, synonym</c>; # begins a comment.
/// </summary>
public static class CategoryFile
{
    private const string Thing = "(thing)",
        Stuff = "(stuff)";

    /// <summary>Reads such a file.</summary>
    /// <exception cref="InputException">It cannot be read, a line has no name, or two categories share a word.</exception>
    public static CategoryTable Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var text = PlainText.Read(path);
        try
        {
            return Parse(text);
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads the text of such a file.</summary>
    /// <exception cref="InputException">A line has no name, or two categories share a word.</exception>
    public static CategoryTable Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return CategoryTable.Of(
            text.Split('\n')
                .Index()
                .Select(line => (Number: line.Index + 1, Text: line.Item.Split('#')[0].Trim()))
                .Where(line => line.Text.Length > 0)
                .Select(line => ParseLine(line.Text, line.Number))
        );
    }

    private static (string, bool, IReadOnlyList<string>) ParseLine(string line, int number)
    {
        var sides = line.Split('=', 2, StringSplitOptions.TrimEntries);
        var (name, isThing) =
            sides[0].EndsWith(Stuff, StringComparison.OrdinalIgnoreCase) ? (sides[0][..^Stuff.Length].TrimEnd(), false)
            : sides[0].EndsWith(Thing, StringComparison.OrdinalIgnoreCase) ? (sides[0][..^Thing.Length].TrimEnd(), true)
            : (sides[0], true);
        var synonyms = sides.Length > 1 ? sides[1].Split(',', StringSplitOptions.TrimEntries) : [];
        if (name.Length == 0 || name.Any(char.IsControl) || synonyms.Any(word => word.Length == 0 || word.Any(char.IsControl)))
            throw new InputException($"line {number}, \"{PlainText.Excerpt(line)}\": a line is NAME, NAME (stuff) or NAME = WORD, WORD");
        return (name, isThing, synonyms);
    }
}
