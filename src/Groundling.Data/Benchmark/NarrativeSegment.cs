namespace Groundling.Data.Benchmark;

/// <summary>A stretch of a narrative with the panoptic segments it stands for.</summary>
/// <param name="Utterance">The words; letter case and blanks may differ from the caption.</param>
/// <param name="SegmentIds">Panoptic segment ids; none for words that were not grounded.</param>
/// <param name="Plural">The annotators' plural flag.</param>
/// <param name="Noun">The annotators' noun flag; a noun without ids was left ungrounded.</param>
public sealed record NarrativeSegment(string Utterance, IReadOnlyList<int> SegmentIds, bool Plural, bool Noun)
{
    /// <summary>True when the words stand for at least one segment.</summary>
    public bool IsGrounded => SegmentIds.Count > 0;
}
