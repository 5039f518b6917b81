namespace Groundling.Evaluation;

/// <summary>A figure for each group of phrases; null where a group is empty.</summary>
/// <param name="Overall">All phrases.</param>
/// <param name="Things">Countable things.</param>
/// <param name="Stuff">Stuff.</param>
/// <param name="Singulars">Singulars.</param>
/// <param name="Plurals">Plurals.</param>
public sealed record GroupFigures(double? Overall, double? Things, double? Stuff, double? Singulars, double? Plurals)
{
    /// <summary>The figure of a group.</summary>
    public double? this[PhraseGroup group] =>
        group switch
        {
            PhraseGroup.Things => Things,
            PhraseGroup.Stuff => Stuff,
            PhraseGroup.Singulars => Singulars,
            PhraseGroup.Plurals => Plurals,
            _ => Overall,
        };

    internal static GroupFigures Of(Func<PhraseGroup, double?> figure) =>
        new(
            figure(PhraseGroup.Overall),
            figure(PhraseGroup.Things),
            figure(PhraseGroup.Stuff),
            figure(PhraseGroup.Singulars),
            figure(PhraseGroup.Plurals)
        );
}
