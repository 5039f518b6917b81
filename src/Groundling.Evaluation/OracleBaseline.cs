using Groundling.Data;
using Groundling.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Evaluation;

/// <summary>The ground truth itself, seen through the mask resolution: what no method of that resolution is expected to pass.</summary>
/// <remarks>Each cell of the mask holds the share of its picture pixels that are inside.</remarks>
/// <param name="size">The network's longer side; 0 keeps each picture's own.</param>
/// <param name="stride">Network pixels a cell: 4 for the decoder's masks, 8 for the finest attention map.</param>
public sealed class OracleBaseline(int size, int stride) : IPhraseSegmenter
{
    /// <inheritdoc/>
    public string Name => $"oracle at H/{stride}";

    /// <inheritdoc/>
    public int Size => size;

    /// <inheritdoc/>
    public PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(given);
        using var scope = NewDisposeScope();
        var (width, height) = (given.Truth[0].Width, given.Truth[0].Height);
        var letterbox = Letterbox.Fit(width, height, size);
        var picture = zeros(1, 1, letterbox.Height, letterbox.Width, device: CPU);
        picture[.., .., ..letterbox.ContentHeight, ..letterbox.ContentWidth] = 1f;
        var share = functional.avg_pool2d(picture, stride).AtLeast(1e-6f); // of each cell that is not padding
        var cells = new List<Tensor>();
        foreach (var mask in given.Truth)
        {
            using var one = NewDisposeScope();
            var truth = tensor(mask.ToBytes(), [1, 1, height, width], device: CPU).to(float32);
            var content = functional.interpolate(
                truth,
                size: [letterbox.ContentHeight, letterbox.ContentWidth],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            );
            var padded = zeros(1, 1, letterbox.Height, letterbox.Width, device: CPU);
            padded[.., .., ..letterbox.ContentHeight, ..letterbox.ContentWidth] = content;
            cells.Add(functional.avg_pool2d(padded, stride).div(share).squeeze(0).MoveToOuterDisposeScope());
        }
        return new(letterbox, cat(cells, 0).MoveToOuterDisposeScope());
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose() { }
}
