namespace Groundling.Data.Benchmark;

/// <summary>A phrase with ground truth.</summary>
/// <param name="Span">The phrase in the caption.</param>
/// <param name="Segments">Its segments, at least one, in the narrative's order; the mask is their union.</param>
/// <param name="PluralFlag">The file's plural flag (F-LMM's group rule).</param>
/// <param name="LastIsThing">Whether the last segment's category is a thing (the PNG baseline's group rule).</param>
public sealed record BenchmarkPhrase(PhraseSpan Span, IReadOnlyList<PanopticSegment> Segments, bool PluralFlag, bool LastIsThing);
