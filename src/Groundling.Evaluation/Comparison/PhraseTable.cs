using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>All phrases with each method's share of the metric, and the sets that they are looked at in.</summary>
internal sealed class PhraseTable
{
    private readonly IReadOnlyList<ComparedMethod> _methods;
    private readonly (NarrativeResult Of, PhraseResult Phrase)[] _phrases;
    private readonly int[] _pictures; // of each phrase, from 0
    private readonly double[][][] _scores; // of each method, each evaluation, each phrase
    private readonly double[][] _means; // of each method, each phrase

    public PhraseTable(IReadOnlyList<ComparedMethod> methods)
    {
        _methods = methods;
        _phrases = [.. methods[0].Runs[0].Results.SelectMany(r => r.Phrases.Select(p => (r, p)))];
        var places = new Dictionary<string, int>();
        _pictures = [.. _phrases.Select(p => places.TryAdd(p.Of.ImageId, places.Count) ? places.Count - 1 : places[p.Of.ImageId])];
        _scores = [.. methods.Select(m => m.Runs.Select(r => Each(r, p => AverageRecall.OfOne(p.IoU))).ToArray())];
        _means = [.. _scores.Select(MeanOf)];
    }

    public Comparison Compare(int resamples, ulong seed)
    {
        var first = _methods[0].Runs[0].Report;
        var rule = GroupRule.Named(first.Settings.Groups);
        var names = first.Categories.ToDictionary(c => c.Id, c => c.Name);
        var nouns = new Dictionary<string, string>();
        string NounOf(string text) =>
            nouns.TryGetValue(text, out var noun) ? noun : nouns[text] = NounPhraseChunker.English.HeadOf(text).Noun;
        IReadOnlyList<Set>[] tables =
        [
            [
                .. Enum.GetValues<PhraseGroup>()
                    .Select(g => Numbered(g.ToString().ToLowerInvariant(), p => rule.Contains(g, _phrases[p].Phrase)))
                    .Where(set => set.Phrases.Length > 0),
            ],
            [
                .. Grouped(p => SizeClass.PlaceOf(SizeClass.ShareOf(_phrases[p].Phrase, _phrases[p].Of)))
                    .OrderBy(g => g.Key)
                    .Select(g => new Set($"to {SizeClass.All[g.Key].UpTo} %", [.. g])),
            ],
            ByCount(p => names.GetValueOrDefault(_phrases[p].Phrase.CategoryId, $"category {_phrases[p].Phrase.CategoryId}")),
            ByCount(p => NounOf(_phrases[p].Phrase.Text)),
        ];
        var sums = tables.SelectMany(sets => sets).Select(SumsOf).ToList();
        var intervals = new PairedBootstrap(_pictures.Length == 0 ? 0 : _pictures.Max() + 1, resamples, seed).Intervals(sums);
        int at = 0;
        var compared = tables
            .Select(sets => (IReadOnlyList<ComparedSet>)[.. sets.Select(set => Compared(set, sums[at], intervals[at++]))])
            .ToList();
        return new(
            [.. _methods.Select(MethodSummary.Of)],
            first.Counts,
            resamples,
            seed,
            compared[0],
            compared[1],
            compared[2],
            compared[3],
            Changes()
        );
    }

    private ComparedSet Compared(Set set, PairedBootstrap.Sums sums, Interval?[] intervals)
    {
        MethodFigure[] figures =
        [
            .. _scores.Select(seeds => MethodFigure.Of([.. seeds.Select(scores => set.Phrases.Average(p => scores[p]))])),
        ];
        return new(
            set.Name,
            set.Phrases.Length,
            sums.Pictures.Length,
            figures,
            [.. intervals.Select((interval, i) => new MethodDifference(sums.Differences[i].Sum() / set.Phrases.Length, interval))]
        );
    }

    private PairedBootstrap.Sums SumsOf(Set set)
    {
        IGrouping<int, int>[] pictures = [.. set.Phrases.GroupBy(p => _pictures[p]).OrderBy(g => g.Key)];
        return new(
            [.. pictures.Select(g => g.Key)],
            [.. pictures.Select(g => (double)g.Count())],
            [.. _means.Skip(1).Select(mean => pictures.Select(g => g.Sum(p => mean[p] - _means[0][p])).ToArray())]
        );
    }

    private IReadOnlyList<PhraseChanges> Changes()
    {
        double[][] ious = [.. _methods.Select(m => MeanOf([.. m.Runs.Select(r => Each(r, p => p.IoU))]))];
        return
        [
            .. _methods
                .Skip(1)
                .Select(
                    (method, i) =>
                        PhraseChanges.Of(
                            method.Name,
                            _phrases.Select(
                                (p, k) =>
                                    new PhraseChange(
                                        p.Of.Narrative,
                                        p.Of.ImageId,
                                        p.Phrase.Phrase,
                                        p.Phrase.Text,
                                        ious[0][k],
                                        ious[i + 1][k]
                                    )
                            )
                        )
                ),
        ];
    }

    private List<Set> ByCount(Func<int, string> name) =>
        [
            .. Grouped(name)
                .Select(g => new Set(g.Key, [.. g]))
                .OrderByDescending(set => set.Phrases.Length)
                .ThenBy(set => set.Name, StringComparer.Ordinal),
        ];

    private Set Numbered(string name, Func<int, bool> isIn) => new(name, [.. Enumerable.Range(0, _phrases.Length).Where(isIn)]);

    private IEnumerable<IGrouping<T, int>> Grouped<T>(Func<int, T> key) => Enumerable.Range(0, _phrases.Length).GroupBy(key);

    private static double[] Each(ComparedRun run, Func<PhraseResult, double> score) =>
        [.. run.Results.SelectMany(r => r.Phrases).Select(score)];

    private static double[] MeanOf(double[][] seeds) =>
        [.. Enumerable.Range(0, seeds[0].Length).Select(p => seeds.Sum(scores => scores[p]) / seeds.Length)];

    /// <summary>Phrases by their places.</summary>
    private sealed record Set(string Name, int[] Phrases);
}
