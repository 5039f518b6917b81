using Groundling.Losses;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>What the masks of a batch should be.</summary>
internal static class TrainingTarget
{
    /// <param name="narratives">B narratives.</param>
    /// <param name="size">The network's side.</param>
    /// <param name="device">Where masks and classes are wanted; which phrases are grounded stays in the memory that the CPU reads.</param>
    /// <returns>Masks [B, N, size, size], padded to the most phrases; the current dispose scope owns it.</returns>
    public static GroundingTarget Of(IReadOnlyList<TrainingNarrative> narratives, int size, Device device)
    {
        var (rows, most) = (narratives.Count, narratives.Max(narrative => narrative.Masks.Count));
        // one array could not hold a large batch: 64 of 32 phrases at 1024 pixels are 2 GiB
        var masks = zeros([rows, most, size, size], uint8, device: CPU);
        var classes = new long[rows * most];
        var (grounded, absent) = (new bool[rows * most], new bool[rows * most]);
        foreach (var (row, narrative) in narratives.Index())
        {
            if (narrative.Absent is { } missing)
                absent[row * most + missing] = true;
            for (var phrase = 0; phrase < narrative.Masks.Count; phrase++)
            {
                using var place = masks[row, phrase];
                narrative.Masks[phrase].CopyTo(place.bytes);
                (classes[row * most + phrase], grounded[row * most + phrase]) = (narrative.Classes[phrase], true);
            }
        }
        return new(masks.Sent(device), tensor(classes, [rows, most], device: CPU).Sent(device), tensor(grounded, [rows, most], device: CPU))
        {
            Absent = absent.Contains(true) ? tensor(absent, [rows, most], device: CPU) : null,
        };
    }
}
