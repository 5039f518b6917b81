using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Tests.Data;

namespace Groundling.Tests.Evaluation;

/// <summary>A method of known quality: to how hard each phrase is, noise is added, and points that are given.</summary>
internal static class NoisyMethod
{
    private const double Noise = 0.1;
    private static readonly (string Noun, int Category)[] Nouns = [("a dog", 1), ("two dogs", 1), ("the sky", 187), ("a red umbrella", 2)];
    private static readonly Dictionary<int, PanopticCategory> Categories = new()
    {
        [1] = new(1, "dog", "animal", true),
        [2] = new(2, "umbrella", "accessory", true),
        [187] = new(187, "sky-other-merged", "sky", false),
    };

    public static EvaluationSettings Settings { get; } =
        new("a method", null, null, new("pictures", "00ff"), "val", "original", "png", 512, 0.5, null);

    /// <summary>Its results on pictures that follow from one seed, with noise that follows from another.</summary>
    /// <param name="pictures">How many; each has one narrative of three to six phrases.</param>
    /// <param name="world">The pictures: how hard each phrase is, for every method alike.</param>
    /// <param name="noise">The method's noise; IoUs stay in [0, 1] without being cut off, so that its mean is 0.</param>
    /// <param name="points">What the method is better by, in expectation.</param>
    public static NarrativeResult[] Results(int pictures, ulong world, ulong noise, double points = 0)
    {
        var (drawn, deviation) = (new SplitMix64(SplitMix64.Finish(world)), new SplitMix64(SplitMix64.Finish(~noise)));
        var results = new NarrativeResult[pictures];
        for (int i = 0; i < pictures; i++)
        {
            var phrases = new PhraseResult[3 + drawn.Below(4)];
            for (int p = 0; p < phrases.Length; p++)
            {
                var (text, category) = Nouns[drawn.Below(Nouns.Length)];
                double iou = 0.2 + (0.6 * Uniform(ref drawn)) + (Noise * ((2 * Uniform(ref deviation)) - 1)) + points;
                bool isPlural = text.StartsWith("two", StringComparison.Ordinal);
                phrases[p] = new(
                    p,
                    text,
                    0,
                    isPlural ? 2 : 1,
                    isPlural,
                    category != 187,
                    category,
                    iou,
                    1 << drawn.Below(15),
                    0,
                    false,
                    null
                );
            }
            results[i] = new(i, $"{1000 + i}", 200, 100, 0, false, phrases);
        }
        return results;
    }

    /// <summary>A method with these evaluations.</summary>
    public static ComparedMethod Method(string name, params NarrativeResult[][] runs) =>
        new(name, [.. runs.Select((results, i) => new ComparedRun($"{name}{i}", Report(Settings, results), results))]);

    /// <summary>The folder of such an evaluation, as evaluate leaves it.</summary>
    public static string Write(TemporaryFolder folder, string name, NarrativeResult[] results, EvaluationSettings? settings = null)
    {
        settings ??= Settings;
        EvaluationJournal.Write(Path.Combine(folder.File(name), EvaluationJournal.FileName), settings, results);
        folder.Write($"{name}/report.json", Report(settings, results).ToJson());
        return folder.File(name);
    }

    private static EvaluationReport Report(EvaluationSettings settings, NarrativeResult[] results) =>
        EvaluationReport.From(settings, results, new BenchmarkFaults(), Categories);

    private static double Uniform(ref SplitMix64 random) => (random.Next() >> 11) * (1.0 / (1UL << 53));
}
