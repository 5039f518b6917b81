using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>What each pixel sees around it; beyond the border is what the border shows.</summary>
public static class Surroundings
{
    /// <summary>A plane for each neighbour.</summary>
    /// <param name="planes">[N, h, w]</param>
    /// <param name="offsets">K neighbours, in pixels.</param>
    /// <returns>K x [N, h, w], views of one tensor, in the caller's scope.</returns>
    public static IReadOnlyList<Tensor> Of(Tensor planes, IReadOnlyList<(int Down, int Right)> offsets)
    {
        var margin = MarginOf(offsets);
        var padded = Padded(planes, margin);
        return
        [
            .. offsets.Select(offset =>
                padded.narrow(1, margin + offset.Down, planes.shape[1]).narrow(2, margin + offset.Right, planes.shape[2])
            ),
        ];
    }

    /// <summary>The sum of the neighbours, each by its weight.</summary>
    /// <param name="planes">[N, h, w]</param>
    /// <param name="weights">[K, h, w]: one weight for all planes.</param>
    /// <param name="offsets">K neighbours, in pixels.</param>
    /// <returns>[N, h, w]; the caller owns it.</returns>
    public static Tensor Sum(Tensor planes, Tensor weights, IReadOnlyList<(int Down, int Right)> offsets)
    {
        using var scope = NewDisposeScope();
        if (SurroundingsKernel.Serves(planes, weights))
        {
            var margin = MarginOf(offsets);
            return SurroundingsKernel.Run(Padded(planes, margin).contiguous(), weights, offsets, margin).MoveToOuterDisposeScope();
        }
        var sum = zeros_like(planes);
        foreach (var (near, weight) in Of(planes, offsets).Zip(weights.unbind()))
            sum.PlusInPlace(near * weight);
        return sum.MoveToOuterDisposeScope();
    }

    private static int MarginOf(IReadOnlyList<(int Down, int Right)> offsets) =>
        offsets.Max(offset => Math.Max(Math.Abs(offset.Down), Math.Abs(offset.Right)));

    private static Tensor Padded(Tensor planes, int margin) =>
        functional.pad(planes.unsqueeze(0), [margin, margin, margin, margin], PaddingModes.Replicate).squeeze(0);
}
