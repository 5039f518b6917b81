using Groundling.Core;
using Groundling.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Decoding;

/// <summary>
/// Steps over a picture's pixels by colour: each takes the mean of 32 around it, by how near their colours are to its own, so that masks
/// end where colours do (pixel-adaptive refinement: Araslanov and Roth 2020, "Single-Stage Semantic Segmentation from Image Labels"; theirs
/// measures nearness in the local contrast). Not the paper's.
/// </summary>
internal sealed class ColourWalk : IDisposable
{
    /// <summary>The most steps.</summary>
    public const int MostSteps = 200;

    /// <summary>The range of the contrast.</summary>
    public const double LeastContrast = 0.001,
        MostContrast = 1;

    private const double Forbidden = -1e6; // an exponent that leaves nothing

    private static readonly IReadOnlyList<(int Down, int Right)> Offsets =
    [
        .. from distance in (int[])[1, 2, 4, 8]
        from down in (int[])[-distance, 0, distance]
        from right in (int[])[-distance, 0, distance]
        where (down, right) != (0, 0)
        select (down, right),
    ];

    private readonly Tensor _weights; // [32, h, w]

    /// <param name="image">[1, 3, H, W] in [-1, 1].</param>
    /// <param name="inside">[1, 1, h, w]: 1 within the picture; nothing comes from where it is 0.</param>
    /// <param name="contrast">The standard deviation of near colours, of 1 between the least and the largest value of a channel.</param>
    public ColourWalk(Tensor image, Tensor inside, double contrast)
    {
        using var scope = NewDisposeScope();
        var size = inside.shape[2..];
        var colours = functional.interpolate(image.to(float32), size: size, mode: InterpolationMode.Area).squeeze(0);
        var forbidden = inside.squeeze(0).OneMinus().Times(Forbidden);
        var exponents = Surroundings.Of(colours, Offsets).Zip(Surroundings.Of(forbidden, Offsets), Exponent);
        _weights = cat([.. exponents]).softmax(0).contiguous().DetachFromDisposeScope();

        // A channel reaches from -1 to 1, twice as far as the contrast is told for.
        Tensor Exponent(Tensor near, Tensor never)
        {
            using var step = NewDisposeScope();
            var difference = near - colours;
            return (difference * difference)
                .sum(0, keepdim: true)
                .Times(-1 / (8 * contrast * contrast))
                .Plus(never)
                .MoveToOuterDisposeScope();
        }
    }

    /// <summary>The maps' height.</summary>
    public long Height => _weights.shape[1];

    /// <summary>The maps' width.</summary>
    public long Width => _weights.shape[2];

    /// <summary>Where a picture lies in the network's input.</summary>
    /// <returns>[1, 1, height, width]: 1 within the picture, 0 in the padding; in the caller's scope.</returns>
    public static Tensor Inside(Letterbox letterbox, long height, long width, Device device)
    {
        var (across, down) = ((double)width / letterbox.Width, (double)height / letterbox.Height);
        var (rows, columns) = ((long)Math.Ceiling(letterbox.ContentHeight * down), (long)Math.Ceiling(letterbox.ContentWidth * across));
        var inside = ones(1, 1, rows, columns, dtype: float32, device: device);
        return functional.pad(inside, [0, width - columns, 0, height - rows]);
    }

    /// <summary>The maps after some steps.</summary>
    /// <param name="maps">[1, N, h, w]</param>
    /// <param name="steps">How many.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>[1, N, h, w]; the caller owns it.</returns>
    public Tensor Walked(Tensor maps, int steps, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var walked = maps.squeeze(0);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var last = walked;
            walked = Surroundings.Sum(last, _weights, Offsets);
            last.Dispose();
        }
        return walked.unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose() => _weights.Dispose();
}
