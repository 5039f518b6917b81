namespace Groundling.Scenes;

/// <summary>A part of a caption: words, a noun left ungrounded, or a phrase with its segments.</summary>
/// <param name="Text">The words, in lower case.</param>
/// <param name="SegmentIds">The segments meant; empty for words and ungrounded nouns.</param>
/// <param name="Noun">True for nouns, grounded or not.</param>
/// <param name="Claim">What the phrase says of its segments; null where there are none. Not written to files.</param>
public sealed record SceneUtterance(string Text, IReadOnlyList<int> SegmentIds, bool Noun, PhraseClaim? Claim)
{
    /// <summary>True for a phrase of several segments.</summary>
    public bool Plural => SegmentIds.Count > 1;
}
