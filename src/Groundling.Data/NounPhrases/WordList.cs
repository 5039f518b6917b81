namespace Groundling.Data.NounPhrases;

/// <summary>An embedded word list: sections opened by "= title", words apart by spaces, comments after "#".</summary>
internal static class WordList
{
    /// <summary>Every word with its section's title; "" before the first.</summary>
    public static IEnumerable<(string Section, string Word)> Read(string name)
    {
        var section = "";
        using var stream =
            typeof(WordList).Assembly.GetManifestResourceStream($"Groundling.Data.NounPhrases.Words.{name}.txt")
            ?? throw new InvalidOperationException($"The word list '{name}' is not embedded in the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("= ", StringComparison.Ordinal))
            {
                section = line[2..].Trim();
            }
            else if (!line.StartsWith('#'))
            {
                foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    yield return (section, word);
                }
            }
        }
    }
}
