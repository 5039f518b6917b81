using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

/// <summary>Phrases of what is not in a picture.</summary>
public class AbsentPhrasesTests
{
    private const int Person = 1,
        Boat = 8,
        Umbrella = 28,
        Sea = 155;

    [Theory]
    [InlineData("[a red boat] on [the sea]", "red", "orange", "[an orange boat] on [the sea]")]
    [InlineData("Find [an old boat], and [the sea]", "old", "new", "Find [a new boat], and [the sea]")]
    [InlineData("[An owl]", "owl", "cow", "[A cow]")]
    [InlineData("[An owl]", "An owl", "cow", "[cow]")]
    [InlineData("[people] and [a man]", "man", "ox", "[people] and [an ox]")]
    [InlineData("[the wooden boat] at [Oman beach]", "beach", "sea", "[the wooden boat] at [Oman sea]")] // "Oman " ends with no article
    public void A_word_is_exchanged_with_its_article_and_phrases_stay_on_their_words(
        string marked,
        string old,
        string word,
        string expected
    )
    {
        var (caption, wanted) = (Caption.ParseBrackets(marked), Caption.ParseBrackets(expected));
        var edited = CaptionEdit.Replace(caption, caption.Text.IndexOf(old, StringComparison.Ordinal), old.Length, word);
        Assert.Equal(wanted.Text, edited.Text);
        Assert.Equal(wanted.Phrases, edited.Phrases);
    }

    [Fact]
    public void Another_noun_is_one_of_what_is_not_annotated_in_the_same_number()
    {
        var absent = new AbsentPhrases(Said());
        var harbour = MarkedExample.Of("[a red boat] on [the sea]", (1, Boat), (2, Sea));
        var nouns = Enumerable
            .Range(0, 64)
            .Select(i => absent.WithOtherNoun(harbour, (ulong)i * 0x9E3779B97F4A7C15))
            .Select(made => (made!.Phrase, made.Caption.Phrases[made.Phrase].Text))
            .ToHashSet();
        // "ship" is a boat, too, "people" are several, "gull" was said once
        Assert.Equal([(0, "a red man"), (0, "a red umbrella"), (1, "the man"), (1, "the umbrella")], nouns.Order());
        Assert.All(nouns, noun => Assert.Equal(2, absent.WithOtherNoun(harbour, 0)!.Caption.Phrases.Count));
        Assert.Equal(absent.WithOtherNoun(harbour, 5), absent.WithOtherNoun(harbour, 5), Same);
    }

    /// <summary>"can" is in "candies" too; and a phrase of two nouns still names one of them.</summary>
    [Fact]
    public void The_noun_that_says_what_a_phrase_is_is_exchanged_and_no_other_letters()
    {
        var absent = new AbsentPhrases(Said());
        var candies = absent.WithOtherNoun(MarkedExample.Of("[A can of candies]", (1, Boat)), 7)!;
        Assert.Matches("^A (man|umbrella) of candies$|^An umbrella of candies$", candies.Caption.Text);
        Assert.Null(absent.WithOtherNoun(MarkedExample.Of("[a boat and a ship]", (1, Boat)), 7));
    }

    [Fact]
    public void Where_everything_is_there_no_noun_is_absent()
    {
        var crowded = MarkedExample.Of("[a boat]", (1, Boat));
        var all = Said().SelectMany(example => example.Segments).ToList();
        Assert.Null(new AbsentPhrases(Said()).WithOtherNoun(crowded with { Segments = all }, 3));
        Assert.Null(new AbsentPhrases([]).WithOtherNoun(crowded, 3));
    }

    [Fact]
    public void Another_colour_is_given_to_the_only_thing_of_its_kind()
    {
        var harbour = MarkedExample.Of("[a red boat] on [the blue sea]", (1, Boat), (2, Sea));
        var seen = Enumerable.Range(0, 200).Select(i => AbsentPhrases.WithOtherColour(harbour, (ulong)i * 0x9E3779B97F4A7C15)!).ToList();
        Assert.Equal(20, seen.Select(made => made.Caption.Phrases[made.Phrase].Text).Distinct().Count()); // ten of each
        Assert.DoesNotContain(seen, made => made.Caption.Text == harbour.Caption.Text);
        Assert.Contains(seen, made => made.Caption.Text == "an orange boat on the blue sea" && made.Phrase == 0);

        var two = MarkedExample.Of("[a red boat]", (1, Boat)) with
        {
            Segments = [new(1, Boat, 9, default, false), new(2, Boat, 9, default, false)],
        };
        Assert.Null(AbsentPhrases.WithOtherColour(two, 1)); // the other one may be of that colour
        Assert.Null(AbsentPhrases.WithOtherColour(MarkedExample.Of("[a boat]", (1, Boat)), 1));
        Assert.Null(AbsentPhrases.WithOtherColour(MarkedExample.Of("[a red and blue boat]", (1, Boat)), 1));
    }

    [Fact]
    public void A_phrase_that_shares_words_with_another_one_stays()
    {
        var nested = MarkedExample.Of("[a [red boat]]", (1, Boat), (2, Boat));
        Assert.Null(AbsentPhrases.WithOtherColour(nested with { Segments = [nested.Segments[0]] }, 1));
        Assert.Null(new AbsentPhrases(Said()).WithOtherNoun(nested, 1));
    }

    private static IReadOnlyList<BenchmarkExample> Said() =>
        [
            .. Enumerable.Repeat(MarkedExample.Of("[a man] and [a boat]", (1, Person), (2, Boat)), 3),
            .. Enumerable.Repeat(MarkedExample.Of("[a ship] and [the sea]", (1, Boat), (2, Sea)), 3),
            .. Enumerable.Repeat(MarkedExample.Of("[an umbrella]", (1, Umbrella)), 3),
            .. Enumerable.Repeat(Plural(MarkedExample.Of("[some people]", (1, Person))), 3),
            MarkedExample.Of("[a gull]", (1, 16)),
        ];

    private static BenchmarkExample Plural(BenchmarkExample example) =>
        example with
        {
            Phrases = [.. example.Phrases.Select(phrase => phrase with { PluralFlag = true })],
        };

    private static bool Same(AbsentPhrase? a, AbsentPhrase? b) => a!.Caption.Text == b!.Caption.Text && a.Phrase == b.Phrase;
}
