using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Scenes;

namespace Groundling.Tests.Scenes;

public class NarrativeTruthTests
{
    private static readonly string[] Colours =
    [
        "red",
        "orange",
        "yellow",
        "green",
        "blue",
        "purple",
        "pink",
        "white",
        "black",
        "brown",
        "gray",
    ];
    private static readonly string[] Numbers = ["", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    private static readonly Lazy<List<Scene>> Scenes = new(() =>
    {
        var generator = new SceneGenerator(128);
        return [.. Enumerable.Range(0, 400).Select(i => generator.Generate(23, i, (SceneSplit)(i % 8)))];
    });

    private static IEnumerable<Scene> Narrated =>
        Scenes.Value.Where(s => s.Split is SceneSplit.Train or SceneSplit.Val or SceneSplit.Compositional);

    private static IEnumerable<Scene> Asked => Scenes.Value.Where(s => s.Split is SceneSplit.CloseUps or SceneSplit.CloseUpsVal);

    private static IEnumerable<(Scene Scene, SceneUtterance Phrase)> Phrases =>
        Scenes.Value.SelectMany(s => s.Narrative.Utterances.Where(u => u.SegmentIds.Count > 0).Select(u => (s, u)));

    [Fact]
    public void Utterances_tile_the_caption()
    {
        foreach (var scene in Scenes.Value)
        {
            string tiles = string.Concat(scene.Narrative.Utterances.Select(u => u.Text));
            Assert.Equal(Bare(scene.Narrative.Caption), Bare(tiles));
        }
    }

    [Fact]
    public void A_phrase_means_all_and_only_the_segments_it_fits()
    {
        foreach (var (scene, phrase) in Phrases)
        {
            var claim = Assert.IsType<PhraseClaim>(phrase.Claim);
            var fitting = scene.Segments.Where(s => Fits(claim, s, scene)).Select(s => s.Id).Order();
            Assert.True(
                fitting.SequenceEqual(phrase.SegmentIds.Order()),
                $"{scene.Split} {scene.Index}: '{phrase.Text}' in '{scene.Narrative.Caption}'"
            );
        }
    }

    [Fact]
    public void A_phrase_says_what_it_claims_and_no_other_colour()
    {
        foreach (var (scene, phrase) in Phrases)
        {
            var claim = phrase.Claim!;
            bool stuff = scene.Segments.Single(s => s.Id == phrase.SegmentIds[^1]).Category is { IsThing: false };
            var words = phrase.Text.Replace("grey", "gray").Replace("large ", "big ").Replace("little ", "small ").Split(' ');
            foreach (string word in (ReadOnlySpan<string>)[claim.Colour, claim.Material, claim.Size])
                if (word.Length > 0)
                    Assert.Contains(word, words);
            if (!stuff)
                foreach (string colour in Colours)
                    Assert.True(words.Contains(colour) == (claim.Colour == colour), phrase.Text);
            Assert.Equal(claim.Count > 0 ? Numbers[claim.Count] : "", Numbers.Skip(2).FirstOrDefault(words.Contains) ?? "");
        }
    }

    [Fact]
    public void Numbers_and_amounts_agree_with_the_segments()
    {
        foreach (var (_, phrase) in Phrases)
        {
            int n = phrase.SegmentIds.Count;
            if (phrase.Claim!.Count > 0)
                Assert.Equal(n, phrase.Claim.Count);
            if (phrase.Text.StartsWith("a couple of ", StringComparison.Ordinal))
                Assert.Equal(2, n);
            else if (phrase.Text.StartsWith("a few ", StringComparison.Ordinal))
                Assert.True(n >= 3);
            else if (phrase.Text.StartsWith("many ", StringComparison.Ordinal))
                Assert.True(n >= 5);
            Assert.Equal(n > 1, phrase.Plural);
            Assert.Equal(n, phrase.SegmentIds.Distinct().Count());
        }
    }

    [Fact]
    public void Left_and_right_are_where_they_should_be()
    {
        foreach (var (scene, phrase) in Phrases)
        foreach (int id in phrase.SegmentIds)
        {
            var s = scene.Segments.Single(o => o.Id == id);
            double x = (s.X + s.Width / 2.0) / scene.Width;
            if (phrase.Claim!.Position == "left")
                Assert.True(x < 0.4, phrase.Text);
            else if (phrase.Claim.Position == "right")
                Assert.True(x > 0.6, phrase.Text);
            else if (phrase.Claim.Position == "middle")
                Assert.InRange(x, 0.4, 0.6);
        }
    }

    [Fact]
    public void Big_and_small_are_so_among_their_kind()
    {
        foreach (var (scene, phrase) in Phrases.Where(p => p.Phrase.Claim!.Size.Length > 0))
        {
            var s = scene.Segments.Single(o => o.Id == phrase.SegmentIds[0]);
            var others = scene.Segments.Where(o => o != s && o.Category == s.Category).ToList();
            Assert.NotEmpty(others);
            Assert.All(others, o => Assert.True(phrase.Claim!.Size == "big" ? s.Area > 1.5 * o.Area : o.Area > 1.5 * s.Area));
        }
    }

    [Fact]
    public void Colours_told_of_a_thing_are_its_own()
    {
        foreach (var scene in Scenes.Value)
            for (int i = 1; i < scene.Narrative.Utterances.Count; i++)
            {
                string text = scene.Narrative.Utterances[i].Text;
                if (
                    !text.StartsWith("is ", StringComparison.Ordinal)
                    || !text.EndsWith(" in", StringComparison.Ordinal)
                    || text.Split(' ') is not ["is", var colour, "in"]
                )
                    continue;
                if (!Colours.Contains(colour))
                    continue;
                int id = Assert.Single(scene.Narrative.Utterances[i - 1].SegmentIds);
                Assert.Equal(colour, scene.Segments.Single(s => s.Id == id).Colour);
            }
    }

    [Fact]
    public void Narratives_are_of_all_lengths()
    {
        var words = Narrated.Select(s => s.Narrative.Caption.Split(' ').Length).ToList();
        Assert.Contains(words, w => w > 75);
        Assert.Contains(words, w => w < 20);
        double phrases = Narrated.Average(s => s.Narrative.Utterances.Count(u => u.SegmentIds.Count > 0));
        Assert.InRange(phrases, 4, 10);
        Assert.All(Narrated, s => Assert.InRange(s.Narrative.Utterances.Count(u => u.Text == "."), 1, 8));
    }

    [Fact]
    public void Plural_phrases_ungrounded_nouns_and_second_mentions_occur()
    {
        Assert.Contains(Phrases, p => p.Phrase.Plural);
        Assert.Contains(Scenes.Value.SelectMany(s => s.Narrative.Utterances), u => u.Noun && u.SegmentIds.Count == 0);
        Assert.Contains(Scenes.Value, s => s.Narrative.Utterances.SelectMany(u => u.SegmentIds).GroupBy(id => id).Any(g => g.Count() > 1));
    }

    [Fact]
    public void Close_ups_are_asked_for_in_many_ways()
    {
        var captions = Asked.Select(s => s.Narrative).ToList();
        Assert.InRange(
            captions.Count(c => c.Utterances.Count(u => u.Text is not ("." or "?")) == 1),
            0.15 * captions.Count,
            0.5 * captions.Count
        ); // a phrase alone
        // no beginning
        Assert.InRange(captions.Count(c => c.Utterances[0].SegmentIds.Count > 0), 0.3 * captions.Count, 0.8 * captions.Count);
        Assert.InRange(captions.Count(c => c.Caption[^1] is '.' or '?'), 0.2 * captions.Count, 0.8 * captions.Count);
        Assert.True(captions.Select(c => c.Utterances[0]).Where(u => u.SegmentIds.Count == 0).Select(u => u.Text).Distinct().Count() > 15);
        Assert.Contains(
            captions,
            c =>
                c.Utterances.Any(u =>
                    u is { SegmentIds.Count: 1, Claim.Category.Length: > 0 } && u.Text.Split(' ')[0] is not ("a" or "an" or "the" or "one")
                )
        );
    }

    // Written apart from the narrator's own judgement: no borderlines, only what the words mean.
    private static bool Fits(PhraseClaim claim, SceneSegment s, Scene scene)
    {
        if (claim.Category.Length > 0 ? claim.Category != s.Category.Name : claim.Supercategory != s.Category.Supercategory)
            return false;
        if (
            (claim.Kind.Length > 0 && claim.Kind != s.Kind)
            || (claim.Colour.Length > 0 && claim.Colour != s.Colour)
            || (claim.Material.Length > 0 && claim.Material != s.Material)
        )
            return false;
        double x = (s.X + s.Width / 2.0) / scene.Width;
        bool there = claim.Position switch
        {
            "left" => x < 0.4,
            "right" => x > 0.6,
            "middle" => x is > 0.4 and < 0.6,
            _ => true,
        };
        var others = scene.Segments.Where(o => o != s && o.Category == s.Category);
        bool sized = claim.Size switch
        {
            "big" => others.All(o => s.Area > o.Area),
            "small" => others.All(o => s.Area < o.Area),
            _ => true,
        };
        return there && sized;
    }

    private static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();
}
