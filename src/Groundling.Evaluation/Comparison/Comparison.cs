using System.Text.Json;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>Methods held against the first of them, phrase by phrase. Equal reports give an equal comparison, to the last digit.</summary>
/// <param name="Methods">The methods, the one that the others are held against first.</param>
/// <param name="Counts">How much was judged.</param>
/// <param name="Resamples">How often pictures were drawn for the intervals.</param>
/// <param name="Seed">What the draws followed from.</param>
/// <param name="Groups">The benchmark's five groups, without empty ones.</param>
/// <param name="Sizes">By the ground truth's share of the picture, the smallest first.</param>
/// <param name="Categories">By category, the commonest first.</param>
/// <param name="Nouns">By the phrase's head noun, the commonest first.</param>
/// <param name="Changes">For each method but the first, the phrases that have won and lost most.</param>
public sealed record Comparison(
    IReadOnlyList<MethodSummary> Methods,
    EvaluationCounts Counts,
    int Resamples,
    ulong Seed,
    IReadOnlyList<ComparedSet> Groups,
    IReadOnlyList<ComparedSet> Sizes,
    IReadOnlyList<ComparedSet> Categories,
    IReadOnlyList<ComparedSet> Nouns,
    IReadOnlyList<PhraseChanges> Changes
)
{
    /// <summary>Draws of pictures if not said otherwise: the intervals' ends then move by about 1 % of their width between seeds.</summary>
    public const int UsualResamples = 10_000;

    private const int FewestResamples = 1_000,
        MostResamples = 1_000_000;

    /// <summary>Compares methods.</summary>
    /// <param name="methods">Two or more, the one that the others are held against first.</param>
    /// <param name="resamples">How often pictures are drawn for the intervals, 1,000 to 1,000,000.</param>
    /// <param name="seed">What the draws follow from.</param>
    /// <exception cref="InputException">They judged other phrases or by other rules, or a number is out of range.</exception>
    public static Comparison Of(IReadOnlyList<ComparedMethod> methods, int resamples = UsualResamples, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count < 2)
            throw new InputException("there is nothing to compare with; name at least two evaluations");
        if (resamples is < FewestResamples or > MostResamples)
            throw new InputException($"resamples {resamples} is out of range: {FewestResamples} to {MostResamples}").About("resamples");
        Comparability.Require([.. methods.SelectMany(m => m.Runs)]);
        return new PhraseTable(methods).Compare(resamples, seed);
    }

    /// <summary>The comparison as JSON: fractions in full precision.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Indented) + "\n";
}
