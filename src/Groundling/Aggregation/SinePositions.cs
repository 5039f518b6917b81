using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Aggregation;

/// <summary>Where a pixel is, as sines and cosines of its row and column: the fixed positions of DETR.</summary>
internal static class SinePositions
{
    private const double Temperature = 10_000;

    /// <summary>[hw, D] positions row by row; the first half tells the row, the second the column.</summary>
    /// <param name="height">h</param>
    /// <param name="width">w</param>
    /// <param name="channels">D, a multiple of 4.</param>
    /// <param name="like">A tensor of the wanted type and device.</param>
    public static Tensor Of(long height, long width, long channels, Tensor like)
    {
        using var scope = NewDisposeScope();
        var rows = Waves(height, channels / 2, like).unsqueeze(1).expand(height, width, channels / 2);
        var columns = Waves(width, channels / 2, like).unsqueeze(0).expand(height, width, channels / 2);
        return cat([rows, columns], -1).reshape(height * width, channels).MoveToOuterDisposeScope();
    }

    private static Tensor Waves(long count, long channels, Tensor like) // [count, channels]
    {
        var places = HeldScalars.Range(count, like.dtype, like.device).Plus(1).Times(2 * Math.PI / count);
        var frequencies = HeldScalars.Range(channels / 2, like.dtype, like.device).Times(-2 * Math.Log(Temperature) / channels).exp();
        var angles = places.unsqueeze(1) * frequencies.unsqueeze(0);
        return stack([angles.sin(), angles.cos()], -1).flatten(1);
    }
}
