namespace Groundling.Web.Browsing;

/// <summary>A picture as the list needs it.</summary>
/// <param name="Id">The image's id, without leading zeros.</param>
/// <param name="Narratives">What was told of it, at least one.</param>
internal sealed record CataloguedPicture(string Id, IReadOnlyList<CataloguedNarrative> Narratives);

/// <summary>A narrative as the list needs it.</summary>
/// <param name="Place">Its place among the benchmark's examples.</param>
/// <param name="Index">Its place in the file, by which reports name it.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Phrases">Its phrases with ground truth.</param>
internal sealed record CataloguedNarrative(int Place, int Index, string Caption, IReadOnlyList<CataloguedPhrase> Phrases);

/// <summary>A phrase as filters see it.</summary>
/// <param name="Start">Where it begins in the caption.</param>
/// <param name="Length">Its UTF-16 units.</param>
/// <param name="CategoryId">The last segment's category.</param>
/// <param name="IsThing">Whether it counts as a thing; else it is stuff.</param>
/// <param name="IsPlural">Whether it counts as plural.</param>
/// <param name="Share">The share of the picture that its segments take as annotated; 0 where the picture's size is not.</param>
internal readonly record struct CataloguedPhrase(int Start, int Length, int CategoryId, bool IsThing, bool IsPlural, double Share);
