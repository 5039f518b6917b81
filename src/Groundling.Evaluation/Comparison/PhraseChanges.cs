namespace Groundling.Evaluation;

/// <summary>The phrases that a method grounds most unlike the first, one a picture.</summary>
/// <param name="Method">The method.</param>
/// <param name="Won">What has won most, in that order.</param>
/// <param name="Lost">What has lost most.</param>
public sealed record PhraseChanges(string Method, IReadOnlyList<PhraseChange> Won, IReadOnlyList<PhraseChange> Lost)
{
    private const int Cases = 6;

    internal static PhraseChanges Of(string method, IEnumerable<PhraseChange> all)
    {
        PhraseChange[] changes = [.. all];
        return new(
            method,
            Most(changes.Where(c => c.Gain > 0).OrderByDescending(c => c.Gain)),
            Most(changes.Where(c => c.Gain < 0).OrderBy(c => c.Gain))
        );
    }

    private static IReadOnlyList<PhraseChange> Most(IOrderedEnumerable<PhraseChange> order) =>
        [.. order.ThenBy(c => c.Narrative).ThenBy(c => c.Phrase).DistinctBy(c => c.ImageId).Take(Cases)];
}
