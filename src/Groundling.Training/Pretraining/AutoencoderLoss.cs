using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// What the autoencoder is trained to make small: differences of pixels, of edges, of coarser pictures, and the latents' divergence from
/// a standard normal distribution (KL divergence).
/// </summary>
/// <param name="settings">The weights.</param>
public sealed class AutoencoderLoss(AutoencoderSettings settings)
{
    private const int Coarser = 3;

    /// <param name="found">[B, 3, h, w] what was decoded.</param>
    /// <param name="right">[B, 3, h, w] in [-1, 1].</param>
    /// <param name="mean">[B, 4, h/8, w/8] of the latents' distribution.</param>
    /// <param name="logarithm">[B, 4, h/8, w/8] of its variance.</param>
    /// <returns>The weighted sum and each part unweighted; scalars that the caller owns.</returns>
    public (Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Parts) Compute(
        Tensor found,
        Tensor right,
        Tensor mean,
        Tensor logarithm
    )
    {
        using var scope = NewDisposeScope();
        var difference = found - right;
        var pixels = difference.abs().mean();
        var edges = Neighbours(difference, 2).Plus(Neighbours(difference, 3));
        var coarse = zeros(1, device: difference.device).squeeze();
        var halved = difference;
        for (var level = 0; level < Coarser; level++)
        {
            halved = functional.avg_pool2d(halved, 2);
            coarse = coarse.Plus(halved.abs().mean());
        }
        // Of N(mean, variance) from N(0, 1): (mean^2 + variance - 1 - log variance) / 2 (Kingma and Welling 2014, appendix B).
        var divergence = (mean.Squared().Plus(logarithm.exp()).Plus(-1) - logarithm).Times(0.5).mean();
        var total = HeldScalars.WeightedSum([
            (pixels, 1),
            (edges, settings.Edges),
            (coarse, settings.Coarse),
            (divergence, settings.Divergence),
        ]);
        IReadOnlyList<(string, Tensor)> parts =
        [
            ("pixels", pixels.MoveToOuterDisposeScope()),
            ("edges", edges.MoveToOuterDisposeScope()),
            ("coarse", coarse.MoveToOuterDisposeScope()),
            ("divergence", divergence.MoveToOuterDisposeScope()),
        ];
        return (total.MoveToOuterDisposeScope(), parts);
    }

    /// <summary>
    /// The mean difference between neighbours along a side: of the difference of two images it is the difference of their edges.
    /// </summary>
    private static Tensor Neighbours(Tensor image, int side)
    {
        var length = image.shape[side] - 1;
        return (image.narrow(side, 1, length) - image.narrow(side, 0, length)).abs().mean();
    }
}
