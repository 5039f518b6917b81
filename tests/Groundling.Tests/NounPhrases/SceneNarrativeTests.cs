using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Scenes;

namespace Groundling.Tests.NounPhrases;

/// <summary>The phrases of narratives whose truth is known because they were generated.</summary>
public class SceneNarrativeTests(ITestOutputHelper output)
{
    private const double Target = 0.95;

    [Fact]
    public void Phrases_of_60_narratives() => AssertScore(60, seed: 29);

    /// <summary>Groundling.Tests -explicit only -method "*.Phrases_of_500_narratives" -showLiveOutput</summary>
    [Fact(Explicit = true)]
    public void Phrases_of_500_narratives() => AssertScore(500, seed: 31);

    private void AssertScore(int count, ulong seed)
    {
        var generator = new SceneGenerator(SceneGenerator.LeastSize);
        SpanScore bases = new(),
            whole = new();
        var mistakes = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var narrative = generator.Generate(seed, i, (SceneSplit)(i % 3)).Narrative;
            var (gold, others) = Spans(narrative);
            // A noun that the narrator names without meaning a segment is right or wrong by nobody's measure.
            var found = NounPhraseChunker
                .English.Chunk(narrative.Caption)
                .Where(phrase => !others.Contains((phrase.Start, phrase.Start + phrase.Length)))
                .ToList();
            whole.Add(gold, found);
            bases.AddBase(gold, found);
            mistakes.AddRange(
                gold.Where(phrase =>
                        !found.Exists(other => other.Start == phrase.Start && phrase.Text.StartsWith(other.Text, StringComparison.Ordinal))
                    )
                    .Select(phrase => $"missed '{phrase.Text}' in '{narrative.Caption}'")
            );
            mistakes.AddRange(
                found
                    .Where(phrase =>
                        !gold.Exists(other => other.Start <= phrase.Start && other.Start + other.Length >= phrase.Start + phrase.Length)
                    )
                    .Select(phrase => $"found '{phrase.Text}' in '{narrative.Caption}'")
            );
        }
        output.WriteLine($"{count} narratives: base phrases: {bases}; whole phrases: {whole}");
        foreach (var mistake in mistakes.Take(100))
            output.WriteLine(mistake);
        Assert.True(bases.F1 >= Target, $"base phrases: {bases} (whole phrases: {whole}); F1 must be at least {Target}");
    }

    private static (List<NounPhrase> Grounded, HashSet<(int Start, int End)> Others) Spans(SceneNarrative narrative)
    {
        List<NounPhrase> grounded = [];
        HashSet<(int, int)> others = [];
        var at = 0;
        foreach (var utterance in narrative.Utterances)
        {
            var start = narrative.Caption.IndexOf(utterance.Text, at, StringComparison.OrdinalIgnoreCase);
            Assert.True(start >= 0, $"'{utterance.Text}' is not in '{narrative.Caption}'");
            at = start + utterance.Text.Length;
            if (utterance.SegmentIds.Count > 0)
                grounded.Add(new(start, utterance.Text.Length, narrative.Caption[start..at], utterance.SegmentIds.Count > 1));
            else if (utterance.Noun)
                others.Add((start, at));
        }
        return (grounded, others);
    }
}
