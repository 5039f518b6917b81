namespace Groundling.Data.Benchmark;

/// <summary>A narrative's caption with its noun phrases placed.</summary>
/// <param name="Caption">The text and its phrases: every noun, grounded or not. May be empty in the official files.</param>
/// <param name="Sources">The segment behind each phrase of <paramref name="Caption"/>, in the same order.</param>
/// <param name="Unplaced">Utterances that the caption does not hold; a fault of the file, to be counted.</param>
public sealed record NarrativeCaption(Caption Caption, IReadOnlyList<NarrativeSegment> Sources, IReadOnlyList<string> Unplaced)
{
    /// <summary>True when the phrase has ground truth.</summary>
    public bool IsGrounded(int phrase) => Sources[phrase].IsGrounded;

    /// <summary>The places of the phrases that have ground truth.</summary>
    public IEnumerable<int> Grounded => Enumerable.Range(0, Sources.Count).Where(IsGrounded);

    /// <summary>The caption with only the phrases that have ground truth.</summary>
    public Caption GroundedOnly() => Caption with { Phrases = [.. Grounded.Select(i => Caption.Phrases[i])] };
}
