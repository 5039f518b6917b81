namespace Groundling.Evaluation;

/// <summary>How much was judged.</summary>
/// <param name="Narratives">Narratives with at least one phrase to judge.</param>
/// <param name="Pictures">Different pictures.</param>
/// <param name="Phrases">Phrases with ground truth.</param>
/// <param name="Things">Of these, countable things.</param>
/// <param name="Stuff">Of these, stuff.</param>
/// <param name="Singulars">Of these, singulars.</param>
/// <param name="Plurals">Of these, plurals.</param>
/// <param name="Missing">Of these, without a prediction: judged as empty masks.</param>
public sealed record EvaluationCounts(
    int Narratives,
    int Pictures,
    int Phrases,
    int Things,
    int Stuff,
    int Singulars,
    int Plurals,
    int Missing
);
