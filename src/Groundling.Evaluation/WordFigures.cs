namespace Groundling.Evaluation;

/// <summary>
/// Whether a frozen model knows the words of one kind, asked without any mask: the diffusion classifier (Li et al. 2023) on pictures of
/// one thing.
/// </summary>
/// <param name="Kind">"nouns" or "colours".</param>
/// <param name="Choices">How many words there were to choose from; chance is one in so many.</param>
/// <param name="Questions">How many pictures were asked about.</param>
/// <param name="Right">The share of right answers; null where there were no questions.</param>
public sealed record WordFigures(string Kind, int Choices, int Questions, double? Right);
