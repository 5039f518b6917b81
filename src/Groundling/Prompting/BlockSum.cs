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
        // Interpolation is linear and separable: blocks of one resolution are summed before they are enlarged, and enlarging is two
        // products of matrices, the second one for all resolutions together.
        using var exact = Autocast.Off(images[0].device_type);
        var sums = Enumerable
            .Range(0, images.Count)
            .GroupBy(block => (images[block].shape[2], images[block].shape[3]))
            .Select(blocks => blocks.Select(block => weights[block] * images[block]).Aggregate((sum, image) => sum.Plus(image)))
            .ToList();
        var rows = cat([.. sums.Select(sum => Enlargement(sum.shape[2], height, sum).matmul(sum))], 3); // [B, N, height, w_1 + w_2 + ...]
        var columns = cat([.. sums.Select(sum => Enlargement(sum.shape[3], width, sum))], 1); // [width, w_1 + w_2 + ...]
        return rows.matmul(columns.transpose(0, 1));
    }

    /// <summary>What bilinear interpolation makes of a line of pixels, as a matrix: its columns are what it makes of single ones.</summary>
    /// <returns>[enlarged, count]</returns>
    private static Tensor Enlargement(long count, long enlarged, Tensor like)
    {
        var pixels = eye(count, dtype: like.dtype, device: like.device).view(1, 1, count, count);
        return functional
            .interpolate(pixels, size: [enlarged, count], mode: InterpolationMode.Bilinear, align_corners: false)
            .view(enlarged, count);
    }
}
