using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Losses;

/// <summary>
/// Masks compared at points instead of everywhere, most of them where the prediction is uncertain (PointRend; Mask2Former).
/// </summary>
public static class PointSampling
{
    /// <summary>Draws from one generator.</summary>
    public static PointDraw From(Generator generator) => (masks, points) => rand([masks, points, 2], generator: generator, device: CPU);

    /// <summary>
    /// Draws for each mask from a generator of its own, so that a mask's points do not depend on the others in its batch.
    /// </summary>
    public static PointDraw From(IReadOnlyList<Generator> generators) =>
        (masks, points) =>
            masks == generators.Count
                ? stack(generators.Select(generator => rand([points, 2], generator: generator, device: CPU)))
                : throw new ArgumentException(
                    $"{generators.Count} generators for {masks} masks; one for each is needed",
                    nameof(generators)
                );

    /// <summary>Bilinear values of images at points; beyond the outermost pixel centres their values go on.</summary>
    /// <param name="images">[n, h, w]</param>
    /// <param name="points">[n, P, 2] (x, y) in [0, 1].</param>
    /// <returns>[n, P]; the caller owns it.</returns>
    public static Tensor At(Tensor images, Tensor points)
    {
        using var scope = NewDisposeScope();
        var grid = points.Times(2).Plus(-1).unsqueeze(1).to(images.dtype); // [n, 1, P, 2]
        return functional
            .grid_sample(images.unsqueeze(1), grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false)
            .squeeze(1)
            .squeeze(1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Chooses points for each mask: a share of them the most uncertain of a larger draw, the others anywhere.</summary>
    /// <param name="logits">[n, h, w]; its gradient is not followed.</param>
    /// <param name="config">Points, oversampling and share.</param>
    /// <param name="draw">Where the random numbers come from.</param>
    /// <returns>[n, P, 2] (x, y) in [0, 1]; the caller owns it.</returns>
    public static Tensor Choose(Tensor logits, LossConfig config, PointDraw draw)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var count = logits.shape[0];
        var important = (long)(config.Importance * config.Points);
        var drawn = draw(count, (long)(config.Oversample * config.Points)).to(logits.device);
        var uncertainty = -At(logits.detach(), drawn).abs(); // 0 at probability one half
        var (_, places) = uncertainty.topk((int)important, dim: 1, sorted: false);
        var chosen = drawn.gather(1, places.unsqueeze(-1).expand(count, important, 2));
        var anywhere = draw(count, config.Points - important).to(logits.device);
        return cat([chosen, anywhere], 1).MoveToOuterDisposeScope();
    }
}
