using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Training;

/// <summary>The questions of one kind that some pictures give.</summary>
/// <param name="Kind">"nouns" or "colours".</param>
/// <param name="Choices">How many words each has to choose from.</param>
/// <param name="Questions">At most <see cref="Most"/>.</param>
public sealed record WordQuestions(string Kind, int Choices, IReadOnlyList<WordQuestion> Questions)
{
    private const int Most = 96;

    /// <summary>Which thing it is, and of which colour.</summary>
    /// <param name="examples">The pictures.</param>
    /// <param name="categories">Their categories by id.</param>
    public static IReadOnlyList<WordQuestions> Of(
        IReadOnlyList<BenchmarkExample> examples,
        IReadOnlyDictionary<int, PanopticCategory> categories
    )
    {
        return
        [
            About("nouns", [.. categories.Values.Where(category => category.IsThing).Select(category => category.Name)]),
            About("colours", AbsentPhrases.Colours),
        ];

        WordQuestions About(string kind, IReadOnlyList<string> words) =>
            new(kind, words.Count, WordQuestion.From(examples, categories, words, Most));
    }
}
