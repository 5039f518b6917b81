using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Pictures decoded once, as [side, side, 3] bytes in a <see cref="RowStore"/>.</summary>
public static class PictureStore
{
    /// <summary>
    /// Opens the store of some examples' pictures, or decodes them where it was made from others, or from the same files before they
    /// changed.
    /// </summary>
    /// <param name="path">The store's file.</param>
    /// <param name="examples">Whose pictures.</param>
    /// <param name="side">Their rows and columns.</param>
    /// <param name="progress">Told how many have been decoded.</param>
    /// <param name="stop">Stops the decoding; nothing is left then.</param>
    /// <exception cref="InputException">A picture cannot be read or has another size.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RowStore Open(
        string path,
        IReadOnlyList<BenchmarkExample> examples,
        int side,
        Action<double>? progress,
        CancellationToken stop
    ) =>
        RowStore.Open(
            path,
            $"{ContentMark.OfFiles(path, examples.Select(example => example.PicturePath)).Content}, {side} pixels",
            examples.Count,
            ScalarType.Byte,
            [side, side, 3],
            (first, count) =>
            {
                var bytes = new byte[(long)count * side * side * 3];
                try
                {
                    Parallel.For(
                        0,
                        count,
                        new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = get_num_threads() },
                        i => Read(examples[first + i].PicturePath, side).CopyTo(bytes, (long)i * side * side * 3)
                    );
                }
                catch (AggregateException e) when (e.InnerException is InputException inner)
                {
                    throw new InputException(inner.Message, inner);
                }
                progress?.Invoke(first + count);
                return tensor(bytes, [count, side, side, 3], device: CPU);
            }
        );

    /// <summary>Pictures of a store as the autoencoder reads them.</summary>
    /// <param name="bytes">[B, h, w, 3] bytes.</param>
    /// <returns>[B, 3, h, w] in [-1, 1], channels last; the caller owns it.</returns>
    public static Tensor ToNetwork(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        return bytes.to(float32).Over(127.5).Plus(-1).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static byte[] Read(string path, int side)
    {
        var picture = Picture.Load(path);
        return picture.Width == side && picture.Height == side
            ? picture.Rgb
            : throw new InputException(
                $"{path} is {picture.Width} x {picture.Height}, not {side} x {side}: pretraining needs pictures of one size; set data.side, or draw others of that size"
            );
    }
}
