namespace Groundling.Evaluation;

/// <summary>
/// Whether a model tells phrases that are in a picture from phrases that are not (<see cref="Data.Benchmark.AbsentPhrases"/>; our
/// addition).
/// </summary>
/// <param name="Measure">By what: "presence" where the model has learnt it, else "score".</param>
/// <param name="Present">Phrases that are there.</param>
/// <param name="Nouns">Against phrases with a noun of what is not there.</param>
/// <param name="Colours">Against phrases with a wrong colour of what is there.</param>
/// <param name="Kept95">The value that 95 % of the phrases that are there reach: a least presence to be set.</param>
public sealed record AbsentFigures(string Measure, int Present, AbsentKind Nouns, AbsentKind Colours, double Kept95)
{
    /// <summary>Sums up.</summary>
    /// <param name="measure">By what.</param>
    /// <param name="present">The measure of each phrase that is there; at least one.</param>
    /// <param name="nouns">Of each with another noun.</param>
    /// <param name="colours">Of each with another colour.</param>
    internal static AbsentFigures Of(
        string measure,
        IReadOnlyList<(double Value, bool Empty)> present,
        IReadOnlyList<(double Value, bool Empty)> nouns,
        IReadOnlyList<(double Value, bool Empty)> colours
    )
    {
        var ordered = present.Select(phrase => phrase.Value).Order().ToList();
        var kept = ordered[(int)(0.05 * ordered.Count)]; // a twentieth lies below
        return new(measure, present.Count, Kind(nouns), Kind(colours), kept);

        AbsentKind Kind(IReadOnlyList<(double Value, bool Empty)> absent) =>
            new(
                absent.Count,
                AttentionRanking.Area(
                    [.. present.Select(phrase => (float)phrase.Value), .. absent.Select(phrase => (float)phrase.Value)],
                    [.. present.Select(_ => true), .. absent.Select(_ => false)]
                ),
                Share(absent, phrase => phrase.Value < kept),
                Share(absent, phrase => phrase.Empty)
            );
    }

    private static double? Share(IReadOnlyList<(double, bool)> phrases, Func<(double Value, bool Empty), bool> counts) =>
        phrases.Count == 0 ? null : (double)phrases.Count(counts) / phrases.Count;
}
