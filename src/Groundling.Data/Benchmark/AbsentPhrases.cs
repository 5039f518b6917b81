using Groundling.Core;
using Groundling.Data.NounPhrases;

namespace Groundling.Data.Benchmark;

/// <summary>
/// Makes phrases of what is not in a picture: one that is there gets another noun, of a category of which nothing is annotated; or another
/// colour, where the picture has one thing of its category only. Our addition; the benchmark has no such phrases.
/// </summary>
public sealed class AbsentPhrases
{
    private const int Common = 3; // a noun that was said less often is likely to be a slip

    /// <summary>The colours that are taken for each other.</summary>
    public static IReadOnlyList<string> Colours { get; } =
    ["red", "blue", "green", "yellow", "white", "orange", "purple", "pink", "black", "brown", "gray"];

    private readonly Dictionary<bool, List<(string Noun, HashSet<int> Categories)>> _nouns = []; // singular ones, plural ones

    /// <param name="examples">Where the nouns and their categories are learnt from.</param>
    public AbsentPhrases(IEnumerable<BenchmarkExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var said = examples
            .SelectMany(example => example.Phrases)
            .GroupBy(phrase => (IsPlural: IsPlural(phrase), Text: Head(phrase)))
            .Where(group => group.Key.Text.Length > 0 && group.Count() >= Common);
        foreach (var group in said.OrderBy(group => group.Key.Text, StringComparer.Ordinal))
        {
            if (!_nouns.TryGetValue(group.Key.IsPlural, out var nouns))
                _nouns[group.Key.IsPlural] = nouns = [];
            nouns.Add((group.Key.Text, [.. group.SelectMany(phrase => phrase.Segments).Select(segment => segment.CategoryId)]));
        }
    }

    /// <summary>The caption with another noun in one of its phrases.</summary>
    /// <param name="example">The picture and its caption.</param>
    /// <param name="random">Chooses phrase and noun.</param>
    /// <returns>Null where there is no such phrase or noun.</returns>
    public AbsentPhrase? WithOtherNoun(BenchmarkExample example, ulong random)
    {
        ArgumentNullException.ThrowIfNull(example);
        var there = example.Segments.Select(segment => segment.CategoryId).ToHashSet();
        foreach (var (place, phrase) in Rotation.From(Alone(example), random))
        {
            var head = NounPhraseChunker.English.HeadOf(phrase.Span.Text);
            if (!_nouns.TryGetValue(IsPlural(phrase), out var nouns) || NounPhraseChunker.English.Chunk(phrase.Span.Text).Count > 1)
                continue; // "a man and a dog" with another noun would still name the dog
            foreach (var (noun, categories) in Rotation.From(nouns, random >> 16))
                if (!categories.Overlaps(there))
                    return new(CaptionEdit.Replace(example.Caption, phrase.Span.Start + head.Start, head.Length, noun), place);
        }
        return null;
    }

    /// <summary>The caption with another colour in one of its phrases.</summary>
    /// <inheritdoc cref="WithOtherNoun" path="/param|/returns"/>
    public static AbsentPhrase? WithOtherColour(BenchmarkExample example, ulong random)
    {
        ArgumentNullException.ThrowIfNull(example);
        var counts = example.Segments.CountBy(segment => segment.CategoryId).ToDictionary();
        foreach (var (place, phrase) in Rotation.From(Alone(example), random))
        {
            if (
                phrase.Segments is not [var only]
                || counts.GetValueOrDefault(only.CategoryId) != 1
                || WordPlaces.Of(phrase.Span.Text, Colours) is not [var (start, word)]
            )
                continue;
            var other = Colours[(int)((ulong)word + 1 + (random >> 16) % (ulong)(Colours.Count - 1)) % Colours.Count];
            return new(CaptionEdit.Replace(example.Caption, phrase.Span.Start + start, Colours[word].Length, other), place);
        }
        return null;
    }

    /// <summary>The phrases that share no letter with another one, with their places.</summary>
    private static List<(int Place, BenchmarkPhrase Phrase)> Alone(BenchmarkExample example) =>
        [
            .. example
                .Phrases.Index()
                .Where(one =>
                    !example.Phrases.Any(other =>
                        other != one.Item && other.Span.Start < one.Item.Span.End && one.Item.Span.Start < other.Span.End
                    )
                ),
        ];

    private static bool IsPlural(BenchmarkPhrase phrase) => phrase.PluralFlag || phrase.Segments.Count > 1;

    private static string Head(BenchmarkPhrase phrase) => NounPhraseChunker.English.HeadOf(phrase.Span.Text).Words[^1].ToLowerInvariant();
}
