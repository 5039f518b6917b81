using Groundling.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>What the masks of a batch should be.</summary>
internal static class TrainingTarget
{
    /// <param name="narratives">B narratives.</param>
    /// <param name="size">The network's side.</param>
    /// <returns>Masks [B, N, size, size], padded to the most phrases; the current dispose scope owns it.</returns>
    public static GroundingTarget Of(IReadOnlyList<TrainingNarrative> narratives, int size)
    {
        var most = narratives.Max(narrative => narrative.Masks.Count);
        var area = size * size;
        var masks = new byte[narratives.Count * most * area];
        var classes = new long[narratives.Count * most];
        var grounded = new bool[classes.Length];
        foreach (var (row, narrative) in narratives.Index())
            for (var phrase = 0; phrase < narrative.Masks.Count; phrase++)
            {
                var at = row * most + phrase;
                narrative.Masks[phrase].CopyTo(masks, at * area);
                (classes[at], grounded[at]) = (narrative.Classes[phrase], true);
            }
        return new(tensor(masks, [narratives.Count, most, size, size]), tensor(classes, [narratives.Count, most]), tensor(grounded, [narratives.Count, most]));
    }
}
