namespace Groundling.Evaluation;

/// <summary>The methods on a set of phrases: a group, a category, a noun.</summary>
/// <param name="Name">The set.</param>
/// <param name="Phrases">Phrases in it.</param>
/// <param name="Pictures">Pictures that have some.</param>
/// <param name="Methods">Each method's figure.</param>
/// <param name="Differences">Each method's difference from the first; the first has none.</param>
public sealed record ComparedSet(
    string Name,
    int Phrases,
    int Pictures,
    IReadOnlyList<MethodFigure> Methods,
    IReadOnlyList<MethodDifference> Differences
);
