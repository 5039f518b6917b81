using System.Diagnostics;
using Groundling.Evaluation;

namespace Groundling.Tests.Evaluation;

/// <summary>Differences of methods and their intervals.</summary>
public sealed class ComparisonTests
{
    private const int Pictures = 500;

    [Fact]
    public void A_point_that_is_there_is_found()
    {
        var intervals = Enumerable.Range(1, 20).Select(t => Overall((ulong)t, points: 0.01)).ToList();
        Assert.All(intervals, interval => Assert.False(interval.Holds(0), $"{interval} holds 0"));
        // Of 20 intervals of 95 %, 17 or more hold the truth with a probability of 98 %.
        Assert.InRange(intervals.Count(interval => interval.Holds(0.01)), 17, 20);
    }

    [Fact]
    public void Nothing_is_found_where_nothing_is()
    {
        var intervals = Enumerable.Range(1, 20).Select(t => Overall((ulong)t, points: 0)).ToList();
        Assert.InRange(intervals.Count(interval => interval.Holds(0)), 17, 20);
    }

    [Fact]
    public void Ninety_five_of_a_hundred_intervals_hold_the_truth()
    {
        const int tries = 600;
        int held = 0;
        for (int t = 0; t < tries; t++)
        {
            // A set that half of the pictures have, some of them several times.
            var sums = Sums(
                NoisyMethod.Results(200, (ulong)t, 2 * (ulong)t),
                NoisyMethod.Results(200, (ulong)t, (2 * (ulong)t) + 1, 0.02),
                "two dogs"
            );
            if (new PairedBootstrap(200, 1000, seed: (ulong)t).Intervals([sums])[0][0]!.Holds(0.02))
                held++;
        }
        // Three standard deviations of 600 draws at 95 %.
        Assert.InRange((double)held / tries, 0.923, 0.977);
    }

    [Fact]
    public void The_intervals_are_as_wide_as_the_central_limit_theorem_says()
    {
        var (a, b) = (NoisyMethod.Results(2000, 1, 2), NoisyMethod.Results(2000, 1, 3));
        double[] differences = [.. a.Zip(b, (x, y) => y.Phrases.Take(3).Sum(p => p.IoU) - x.Phrases.Take(3).Sum(p => p.IoU))];
        double mean = differences.Average(),
            error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / differences.Length) / Math.Sqrt(differences.Length) / 3;
        var sums = new PairedBootstrap.Sums([.. Enumerable.Range(0, 2000)], [.. differences.Select(_ => 3.0)], [differences]);
        var interval = new PairedBootstrap(2000, 20_000, seed: 0).Intervals([sums])[0][0]!;
        Assert.Equal((mean / 3) - (1.96 * error), interval.Low, 0.05 * error);
        Assert.Equal((mean / 3) + (1.96 * error), interval.High, 0.05 * error);
    }

    [Fact]
    public void Phrases_of_a_picture_stay_together()
    {
        // Each picture's phrases ten times over say nothing new: the interval must not shrink.
        NarrativeResult[] Tenfold(NarrativeResult[] results) =>
            [
                .. results.Select(r =>
                    r with
                    {
                        Phrases = [.. Enumerable.Repeat(r.Phrases, 10).SelectMany(p => p).Select((p, i) => p with { Phrase = i })],
                    }
                ),
            ];
        var (a, b) = (NoisyMethod.Results(100, 1, 2), NoisyMethod.Results(100, 1, 3));
        var (once, tenfold) = (Compared(a, b).Groups[0], Compared(Tenfold(a), Tenfold(b)).Groups[0]);
        Assert.Equal(10 * once.Phrases, tenfold.Phrases);
        Assert.Equal(once.Differences[0].Interval!.Low, tenfold.Differences[0].Interval!.Low, 1e-12);
        Assert.Equal(once.Differences[0].Interval!.High, tenfold.Differences[0].Interval!.High, 1e-12);
    }

    [Fact]
    public void Narratives_of_one_picture_stay_together()
    {
        var (a, b) = (NoisyMethod.Results(100, 1, 2), NoisyMethod.Results(100, 1, 3));
        NarrativeResult[] OfFew(NarrativeResult[] results) => [.. results.Select((r, i) => r with { ImageId = $"{i / 20}" })];
        Assert.NotNull(Compared(a, b).Groups[0].Differences[0].Interval);
        var few = Compared(OfFew(a), OfFew(b)).Groups[0];
        Assert.Equal(5, few.Pictures);
        Assert.Null(few.Differences[0].Interval);
        Assert.False(few.Differences[0].IsClear);
    }

    [Fact]
    public void Figures_are_those_of_the_reports()
    {
        var methods = new[]
        {
            NoisyMethod.Method("a", NoisyMethod.Results(50, 1, 2)),
            NoisyMethod.Method("b", NoisyMethod.Results(50, 1, 3, 0.05)),
        };
        var comparison = Comparison.Of(methods);
        Assert.Equal(["overall", "things", "stuff", "singulars", "plurals"], comparison.Groups.Select(g => g.Name));
        for (int m = 0; m < 2; m++)
        {
            var report = methods[m].Runs[0].Report;
            foreach (var (group, set) in Enum.GetValues<PhraseGroup>().Zip(comparison.Groups))
                Assert.Equal(report.AverageRecall[group]!.Value, set.Methods[m].AverageRecall, 1e-12);
            foreach (var category in report.Categories)
                Assert.Equal(
                    category.AverageRecall,
                    comparison.Categories.Single(c => c.Name == category.Name).Methods[m].AverageRecall,
                    1e-12
                );
        }
        Assert.Equal(["dog", "sky", "umbrella"], comparison.Nouns.Select(n => n.Name).Order());
        int all = comparison.Counts.Phrases;
        Assert.All([comparison.Sizes, comparison.Categories, comparison.Nouns], sets => Assert.Equal(all, sets.Sum(s => s.Phrases)));
        Assert.All(
            comparison.Groups,
            set => Assert.Equal(set.Methods[1].AverageRecall - set.Methods[0].AverageRecall, set.Differences[0].Value, 1e-12)
        );
    }

    [Fact]
    public void Sizes_are_shares_of_the_picture()
    {
        // 200 x 100 pixels: 16 are 0.08 %, 8,192 are 41 %.
        var sizes = Compared(NoisyMethod.Results(300, 1, 2), NoisyMethod.Results(300, 1, 3)).Sizes;
        Assert.Equal(["to 0.1 %", "to 0.3 %", "to 1 %", "to 3 %", "to 10 %", "to 30 %", "to 100 %"], sizes.Select(s => s.Name));
        int Of(params int[] pixels) => NoisyMethod.Results(300, 1, 2).Sum(r => r.Phrases.Count(p => pixels.Contains((int)p.TruthPixels)));
        Assert.Equal(Of(1, 2, 4, 8, 16), sizes[0].Phrases);
        Assert.Equal(Of(8192, 16384), sizes[^1].Phrases);
    }

    [Fact]
    public void Several_seeds_are_mean_and_spread()
    {
        NarrativeResult[] Of(ulong noise) => NoisyMethod.Results(60, 1, noise);
        var comparison = Comparison.Of([NoisyMethod.Method("a", Of(1), Of(2), Of(3)), NoisyMethod.Method("b", Of(4), Of(5))]);
        double[] alone = [.. new ulong[] { 1, 2, 3 }.Select(s => Compared(Of(s), Of(9)).Groups[0].Methods[0].AverageRecall)];
        var figure = comparison.Groups[0].Methods[0];
        Assert.Equal(alone.Average(), figure.AverageRecall, 1e-12);
        Assert.Equal(Math.Sqrt(alone.Sum(x => Math.Pow(x - alone.Average(), 2)) / 2), figure.Spread!.Value, 1e-12);
        Assert.Null(Compared(Of(1), Of(2)).Groups[0].Methods[0].Spread);
    }

    [Fact]
    public void What_changed_most_comes_first_and_each_picture_once()
    {
        var (a, b) = (NoisyMethod.Results(50, 1, 2), NoisyMethod.Results(50, 1, 2));
        NarrativeResult With(NarrativeResult result, params double[] ious) =>
            result with
            {
                Phrases = [.. result.Phrases.Select((p, i) => i < ious.Length ? p with { IoU = ious[i] } : p)],
            };
        (a[7], b[7]) = (With(a[7], 0, 0), With(b[7], 0.9, 1)); // two that win, on one picture
        (a[9], b[9]) = (With(a[9], 0.1), With(b[9], 0.9));
        (a[11], b[11]) = (With(a[11], 0.8), With(b[11], 0.1));
        var changes = Assert.Single(Compared(a, b).Changes);
        Assert.Equal([(7, 1), (9, 0)], changes.Won.Select(c => (c.Narrative, c.Phrase)));
        Assert.Equal(-0.7, Assert.Single(changes.Lost).Gain, 1e-12);
    }

    [Fact]
    public void The_same_reports_give_the_same_comparison()
    {
        string Once() => Compared(NoisyMethod.Results(100, 1, 2), NoisyMethod.Results(100, 1, 3)).ToJson();
        Assert.Equal(Once(), Once());
    }

    [Fact(Explicit = true)]
    public void Time_of_500_and_5000_pictures()
    {
        foreach (int pictures in (int[])[500, 5000])
        {
            var (a, b) = (NoisyMethod.Results(pictures, 1, 2), NoisyMethod.Results(pictures, 1, 3));
            Compared(a, b, Comparison.UsualResamples);
            var begun = Stopwatch.GetTimestamp();
            Compared(a, b, Comparison.UsualResamples);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{pictures} pictures, {Comparison.UsualResamples} resamples: {Stopwatch.GetElapsedTime(begun).TotalSeconds:F2} s"
            );
        }
    }

    private static Interval Overall(ulong world, double points) =>
        Compared(NoisyMethod.Results(Pictures, world, 1000 + (2 * world)), NoisyMethod.Results(Pictures, world, 1001 + (2 * world), points))
            .Groups[0]
            .Differences[0]
            .Interval!;

    private static Comparison Compared(NarrativeResult[] a, NarrativeResult[] b, int resamples = 2000) =>
        Comparison.Of([NoisyMethod.Method("a", a), NoisyMethod.Method("b", b)], resamples);

    private static PairedBootstrap.Sums Sums(NarrativeResult[] a, NarrativeResult[] b, string text)
    {
        int[] pictures = [.. a.Index().Where(r => r.Item.Phrases.Any(p => p.Text == text)).Select(r => r.Index)];
        double Sum(NarrativeResult result) => result.Phrases.Where(p => p.Text == text).Sum(p => p.IoU);
        return new(
            pictures,
            [.. pictures.Select(i => (double)a[i].Phrases.Count(p => p.Text == text))],
            [
                [.. pictures.Select(i => Sum(b[i]) - Sum(a[i]))],
            ]
        );
    }
}
