using static TorchSharp.torch;

namespace Groundling.Losses;

/// <summary>What the masks should be.</summary>
/// <param name="Masks">
/// [B, N, H, W] bool or 0 to 1: inside the phrase's segments, at any resolution (the diffusion head is compared at its own).
/// </param>
/// <param name="Classes">[B, N] int64 0 to K - 1; anything else means "no class".</param>
/// <param name="Grounded">
/// [B, N] true for phrases that are no padding and that the data grounds; only they carry a loss. Best on the CPU, which counts them.
/// </param>
public sealed record GroundingTarget(Tensor Masks, Tensor Classes, Tensor Grounded) : IDisposable
{
    /// <summary>
    /// [B, N] true for grounded phrases of what is not in the picture: only their class is learnt, "no class", and no mask, as Mask2Former
    /// learns its unmatched queries; null where there are none. Best on the CPU.
    /// </summary>
    public Tensor? Absent { get; init; }

    /// <summary>
    /// The category of a phrase: the commonest among its segments; of equally common ones the one that covers more, then the smaller
    /// number.
    /// </summary>
    /// <param name="segments">Category and area of each of the phrase's segments.</param>
    /// <returns>The category, or null without segments.</returns>
    public static int? CategoryOf(IEnumerable<(int Category, long Area)> segments) =>
        segments
            .GroupBy(segment => segment.Category)
            .OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.Sum(segment => segment.Area))
            .ThenBy(group => group.Key)
            .Select(group => (int?)group.Key)
            .FirstOrDefault();

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Masks.Dispose();
        Classes.Dispose();
        Grounded.Dispose();
        Absent?.Dispose();
    }
}
