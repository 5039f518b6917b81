using Groundling.Data;
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
        var places = WordPlaces.Of(text, words);
        if (
            places.Where(place => place.Start >= start && place.Start < end).ToList() is not [var asked]
            || places.Count(place => place.Word == asked.Word) != 1
        )
            return null;
        return new(
            row,
            [.. words.Select(word => CaptionEdit.Replace(new(text, []), asked.Start, words[asked.Word].Length, word).Text)],
            asked.Word
        );
    }
}
