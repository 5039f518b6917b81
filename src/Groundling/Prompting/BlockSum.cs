using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>The UNet blocks' images of different sizes in one weighted sum.</summary>
internal static class BlockSum
{
    /// <param name="weights">[L]</param>
    /// <param name="images">[B, N, h_l, w_l] of every block.</param>
    /// <param name="height">Height of the sum.</param>
    /// <param name="width">Width of the sum.</param>
    /// <returns>[B, N, height, width]</returns>
    public static Tensor Of(Tensor weights, IReadOnlyList<Tensor> images, long height, long width)
    {
        // Interpolation is linear: blocks of one resolution are summed before they are enlarged.
        var sums = Enumerable
            .Range(0, images.Count)
            .GroupBy(block => (images[block].shape[2], images[block].shape[3]))
            .Select(blocks => blocks.Select(block => weights[block] * images[block]).Aggregate((sum, image) => sum.Plus(image)));
        return sums.Select(Enlarged).Aggregate((sum, image) => sum.Plus(image));

        Tensor Enlarged(Tensor sum) =>
            functional.interpolate(sum, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
