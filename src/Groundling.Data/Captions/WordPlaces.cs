namespace Groundling.Data;

/// <summary>Finds words in a text.</summary>
public static class WordPlaces
{
    /// <summary>Where some words stand as whole words, whatever their letter case.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Words of letters.</param>
    /// <returns>Where each begins, and which of them it is.</returns>
    public static IReadOnlyList<(int Start, int Word)> Of(string text, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(words);
        var (places, start) = (new List<(int, int)>(), 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && char.IsLetter(text[at]))
                continue;
            for (var word = 0; word < words.Count; word++)
                if (words[word].AsSpan().Equals(text.AsSpan(start, at - start), StringComparison.OrdinalIgnoreCase))
                    places.Add((start, word));
            start = at + 1;
        }
        return places;
    }
}
