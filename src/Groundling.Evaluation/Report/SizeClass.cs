namespace Groundling.Evaluation;

/// <summary>Phrases sorted by how much of the picture their ground truth takes.</summary>
/// <param name="Below">Shares below this, and not below the class before.</param>
/// <param name="UpTo">The same in per cent, as it is written.</param>
internal sealed record SizeClass(double Below, string UpTo)
{
    /// <summary>The classes, the smallest first.</summary>
    public static IReadOnlyList<SizeClass> All { get; } =
    [
        new(0.001, "0.1"),
        new(0.003, "0.3"),
        new(0.01, "1"),
        new(0.03, "3"),
        new(0.1, "10"),
        new(0.3, "30"),
        new(double.PositiveInfinity, "100"),
    ];

    /// <summary>The share of the judged picture that a phrase's ground truth takes.</summary>
    public static double ShareOf(PhraseResult phrase, NarrativeResult of) => phrase.TruthPixels / ((double)of.Width * of.Height);

    /// <summary>The place of a share's class in <see cref="All"/>.</summary>
    public static int PlaceOf(double share)
    {
        int place = 0;
        while (share >= All[place].Below)
            place++;
        return place;
    }
}
