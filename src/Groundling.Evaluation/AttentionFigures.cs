namespace Groundling.Evaluation;

/// <summary>How well the attention of static prompts ranks pixels, read at one time.</summary>
/// <param name="Time">With the noise of which time; none at 1.</param>
/// <param name="Narratives">How many narratives were looked at.</param>
/// <param name="Blocks">A block a row, in the order in which they run.</param>
public sealed record AttentionFigures(long Time, int Narratives, IReadOnlyList<BlockRanking> Blocks)
{
    /// <summary>
    /// The best block's figure of things and of stuff, attention shared among the phrases; null where there was no such phrase.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public (double? Things, double? Stuff) Best => (Blocks.Max(block => block.SharedThings), Blocks.Max(block => block.SharedStuff));
}
