using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>A picture of one thing, and its caption with one of several words, one of which is right.</summary>
/// <param name="Row">The picture's place among those that are measured on.</param>
/// <param name="Captions">The caption with each of the words.</param>
/// <param name="Right">The place of the caption's own word.</param>
public sealed record WordQuestion(int Row, IReadOnlyList<string> Captions, int Right)
{
    /// <summary>
    /// The questions that some examples give: pictures of one thing, whose phrase has one of the words, which the caption says once.
    /// </summary>
    /// <param name="examples">The examples.</param>
    /// <param name="categories">Tells things from stuff.</param>
    /// <param name="words">What is to be told apart.</param>
    /// <param name="most">How many questions at most.</param>
    public static IReadOnlyList<WordQuestion> From(
        IReadOnlyList<BenchmarkExample> examples,
        IReadOnlyDictionary<int, PanopticCategory> categories,
        IReadOnlyList<string> words,
        int most
    ) => [.. examples.Select((example, row) => Of(example, row, categories, words)).OfType<WordQuestion>().Take(most)];

    private static WordQuestion? Of(
        BenchmarkExample example,
        int row,
        IReadOnlyDictionary<int, PanopticCategory> categories,
        IReadOnlyList<string> words
    )
    {
        var things = example
            .Segments.Where(segment => categories.GetValueOrDefault(segment.CategoryId) is { IsThing: true })
            .Select(segment => segment.Id)
            .ToList();
        if (
            things.Count != 1
            || example.Phrases.Where(phrase => phrase.Segments is [var only] && only.Id == things[0]).ToList() is not [var named]
        )
            return null;
        var (text, start, end) = (example.Caption.Text, named.Span.Start, named.Span.Start + named.Span.Length);
        var places = Places(text, words);
        if (
            places.Where(place => place.Start >= start && place.Start < end).ToList() is not [var asked]
            || places.Count(place => place.Word == asked.Word) != 1
        )
            return null;
        return new(row, [.. words.Select(word => With(text, asked.Start, words[asked.Word].Length, word))], asked.Word);
    }

    private static List<(int Start, int Word)> Places(string text, IReadOnlyList<string> words)
    {
        var (places, start) = (new List<(int, int)>(), 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && char.IsLetter(text[at]))
                continue;
            var place = words
                .ToList()
                .FindIndex(word => word.AsSpan().Equals(text.AsSpan(start, at - start), StringComparison.OrdinalIgnoreCase));
            if (place >= 0)
                places.Add((start, place));
            start = at + 1;
        }
        return places;
    }

    /// <summary>The text with another word, and the article that it asks for.</summary>
    private static string With(string text, int start, int length, string word)
    {
        var (before, after) = (text[..start], text[(start + length)..]);
        foreach (var article in (string[])["an ", "a "])
            if (
                before.EndsWith(article, StringComparison.OrdinalIgnoreCase)
                && (before.Length == article.Length || before[^(article.Length + 1)] == ' ')
            )
                return before[..^(article.Length - 1)] + ("aeiou".Contains(word[0], StringComparison.Ordinal) ? "n " : " ") + word + after;
        return before + word + after;
    }
}
