using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>
/// 95 % intervals for differences of average recall, by drawing pictures with replacement: all phrases of a picture come or stay away
/// together, for both methods alike.
/// </summary>
/// <remarks>
/// With c_i the phrases of a set in picture i, and d_i the sum over them of the second method's share of the metric less the first's, the
/// difference is D = sum d_i / sum c_i. A resample draws n of the n pictures, w_i times picture i, and has D* = sum w_i d_i / sum w_i c_i;
/// the interval lies between the 2.5 % and the 97.5 % quantile of D* (Efron's percentile interval). All sets and methods share the draws.
/// </remarks>
internal sealed class PairedBootstrap(int pictures, int resamples, ulong seed)
{
    /// <summary>Sets of fewer pictures have no interval: so few say too little of what others would be like.</summary>
    public const int LeastPictures = 10;

    /// <summary>What a set of phrases has in the pictures that hold some of it.</summary>
    /// <param name="Pictures">Their places, from 0.</param>
    /// <param name="Counts">Phrases of the set in each.</param>
    /// <param name="Differences">For each method but the first, the sums d_i.</param>
    public sealed record Sums(int[] Pictures, double[] Counts, double[][] Differences);

    /// <summary>The intervals of each set, for each method but the first; null where there are too few pictures.</summary>
    public Interval?[][] Intervals(IReadOnlyList<Sums> sets)
    {
        Sums?[] asked = [.. sets.Select(set => set.Pictures.Length < LeastPictures ? null : set)];
        double[]?[][] drawn = [.. asked.Select(set => set?.Differences.Select(_ => new double[resamples]).ToArray() ?? [])];
        Parallel.For(
            0,
            resamples,
            () => new int[pictures],
            (resample, _, weights) =>
            {
                Draw(weights, resample);
                for (int i = 0; i < asked.Length; i++)
                    if (asked[i] is { } set)
                        Differences(set, weights, drawn[i], resample);
                return weights;
            },
            _ => { }
        );
        return
        [
            .. sets.Select(
                (set, i) => set.Differences.Select((_, method) => asked[i] is null ? null : Within(drawn[i][method]!)).ToArray()
            ),
        ];
    }

    private void Draw(int[] weights, int resample)
    {
        Array.Clear(weights);
        var random = new SplitMix64(SplitMix64.Finish(seed ^ SplitMix64.Finish((ulong)resample + 1)));
        for (int i = 0; i < pictures; i++)
            weights[random.Below(pictures)]++;
    }

    private static void Differences(Sums set, int[] weights, double[]?[] drawn, int resample)
    {
        double count = 0;
        for (int k = 0; k < set.Pictures.Length; k++)
            count += weights[set.Pictures[k]] * set.Counts[k];
        for (int method = 0; method < drawn.Length; method++)
        {
            double sum = 0;
            var differences = set.Differences[method];
            for (int k = 0; k < differences.Length; k++)
                sum += weights[set.Pictures[k]] * differences[k];
            drawn[method]![resample] = sum / count; // not a number where no picture of the set was drawn
        }
    }

    private static Interval Within(double[] drawn)
    {
        int kept = 0;
        foreach (double value in drawn)
            if (!double.IsNaN(value))
                drawn[kept++] = value;
        return Interval.Of(drawn.AsSpan(0, kept));
    }
}
