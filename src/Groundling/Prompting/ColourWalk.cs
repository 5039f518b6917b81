using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>
/// Steps over a picture's pixels by colour: each takes the mean of 32 around it, by how near their colours are to its own, so that masks
/// end where colours do (pixel-adaptive refinement: Araslanov and Roth 2020, "Single-Stage Semantic Segmentation from Image Labels"; theirs
/// measures nearness in the local contrast). Not the paper's.
/// </summary>
internal static class ColourWalk
{
    private const double Forbidden = -1e6; // an exponent that leaves nothing
    private static readonly int[] Distances = [1, 2, 4, 8];

    /// <summary>The maps after some steps.</summary>
    /// <param name="maps">[1, N, h, w]</param>
    /// <param name="image">[1, 3, H, W] in [-1, 1].</param>
    /// <param name="inside">[1, 1, h, w]: 1 within the picture; nothing comes from where it is 0.</param>
    /// <param name="steps">How many.</param>
    /// <param name="contrast">The standard deviation of near colours, of 1 between the least and the largest value of a channel.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>[1, N, h, w], in the caller's scope.</returns>
    public static Tensor Walked(Tensor maps, Tensor image, Tensor inside, int steps, double contrast, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var colours = functional.interpolate(image, size: [maps.shape[2], maps.shape[3]], mode: InterpolationMode.Area);
        var forbidden = inside.OneMinus().Times(Forbidden);
        var exponents = Around(colours).Zip(Around(forbidden), (near, never) => Exponent(near - colours).Plus(never));
        var weights = cat([.. exponents], 1).softmax(1).split(1, 1); // [1, 1, h, w] each
        var walked = maps.alias();
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var taken = NewDisposeScope();
            var sum = zeros_like(walked);
            foreach (var (near, weight) in Around(walked).Zip(weights))
                sum.PlusInPlace(near * weight);
            walked.Dispose();
            walked = sum.MoveToOuterDisposeScope();
        }
        return walked.MoveToOuterDisposeScope();

        // A channel reaches from -1 to 1, twice as far as the contrast is told for.
        Tensor Exponent(Tensor difference) => (difference * difference).sum(1, keepdim: true).Times(-1 / (8 * contrast * contrast));
    }

    /// <summary>What each pixel sees in eight directions at each of the distances; beyond the border is what the border shows.</summary>
    private static IEnumerable<Tensor> Around(Tensor planes)
    {
        var (height, width, margin) = (planes.shape[2], planes.shape[3], Distances[^1]);
        var padded = functional.pad(planes, [margin, margin, margin, margin], PaddingModes.Replicate);
        return from distance in Distances
            from down in (int[])[-distance, 0, distance]
            from right in (int[])[-distance, 0, distance]
            where (down, right) != (0, 0)
            select padded.narrow(2, margin + down, height).narrow(3, margin + right, width);
    }
}
