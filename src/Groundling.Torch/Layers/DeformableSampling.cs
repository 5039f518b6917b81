using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// The core of multi-scale deformable attention (ms_deform_attn, grid_sample): weighted sums of bilinear samples of several images
/// (Deformable DETR, eq. 3).
/// </summary>
public static class DeformableSampling
{
    /// <summary>
    /// From here on, in sides of a level, nothing is read, and places count as being here: libtorch's own operator takes the very largest
    /// for infinite, and infinity times the zero of what lies outside is no number.
    /// </summary>
    private const double FarOutside = 4;

    /// <summary>Reads every query's places; outside its level everything is zero.</summary>
    /// <param name="values">[B, P, heads, d] the pixels of all levels, one level after another, row by row.</param>
    /// <param name="sizes">Height and width of every level.</param>
    /// <param name="locations">[B, Q, heads, levels, points, 2] (x, y); a level spans [0, 1].</param>
    /// <param name="weights">[B, Q, heads, levels, points]</param>
    /// <returns>[B, Q, heads d]; the caller owns it.</returns>
    public static Tensor Read(Tensor values, IReadOnlyList<(long Height, long Width)> sizes, Tensor locations, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var (packed, places, shares) = (values.contiguous(), locations.contiguous(), weights.contiguous());
        if (!DeformableKernel.Serves(packed, sizes, places, shares))
            return ByLevels(values, sizes, locations, weights).MoveToOuterDisposeScope();
        long[] flat = [.. sizes.SelectMany(size => new[] { size.Height, size.Width })];
        return (
            is_grad_enabled() ? DeformableFunction.Run(packed, flat, places, shares) : DeformableKernel.Run(packed, flat, places, shares)
        ).MoveToOuterDisposeScope();
    }

    /// <summary>The same by libtorch's own operators, for every device and type.</summary>
    private static Tensor ByLevels(Tensor values, IReadOnlyList<(long Height, long Width)> sizes, Tensor locations, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var (batch, heads, depth) = (values.shape[0], values.shape[2], values.shape[3]);
        var count = locations.shape[1];
        var places = locations.Within(-FarOutside, FarOutside);
        var grids = places.Times(2).Plus(-1).transpose(1, 2).flatten(0, 1); // [B heads, Q, levels, points, 2]
        var shares = weights.transpose(1, 2).flatten(0, 1); // [B heads, Q, levels, points]
        var sum = default(Tensor);
        long first = 0;
        for (var level = 0; level < sizes.Count; level++)
        {
            var (height, width) = sizes[level];
            var image = values.narrow(1, first, height * width).permute(0, 2, 3, 1).reshape(batch * heads, depth, height, width);
            var samples = functional.grid_sample(
                image,
                grids.select(2, level),
                GridSampleMode.Bilinear,
                GridSamplePaddingMode.Zeros,
                align_corners: false
            );
            var read = (samples * shares.select(2, level).unsqueeze(1)).sum(-1); // [B heads, d, Q]
            sum = sum is null ? read : sum.Plus(read);
            first += height * width;
        }
        return sum!.view(batch, heads * depth, count).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
