using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// What a trained autoencoder's encoder makes of pictures, once: mean and logarithm of the variance, [8, h, w] halves in a
/// <see cref="RowStore"/>.
/// </summary>
public static class LatentStore
{
    private const int PicturesAtOnce = 8;

    /// <summary>Opens the store of some pictures' latents, or encodes them.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="halvings">How often the pictures' sides are halved first.</param>
    /// <param name="autoencoder">What marks the autoencoder: others, or other pictures, are encoded anew.</param>
    /// <param name="progress">Told how many have been encoded.</param>
    /// <param name="stop">Stops the encoding; nothing is left then.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RowStore Open(
        string path,
        RowStore pictures,
        Vae vae,
        int halvings,
        string autoencoder,
        Action<double>? progress,
        CancellationToken stop
    )
    {
        var side = (pictures.RowShape[0] >> halvings) / vae.Stride;
        return RowStore.Open(
            path,
            $"{pictures.Source}, {autoencoder}, halved {halvings} times",
            pictures.Count,
            ScalarType.Float16,
            [2 * vae.Config.LatentChannels, side, side],
            (first, count) =>
            {
                using var frozen = no_grad();
                using var scope = NewDisposeScope();
                var parts = Enumerable
                    .Range(first, count)
                    .Chunk(PicturesAtOnce)
                    .Select(rows =>
                    {
                        stop.ThrowIfCancellationRequested();
                        using var step = NewDisposeScope();
                        var images = PictureStore.ToNetwork(pictures.Gather(rows).Sent(vae.Device()));
                        var moments = vae.Moments(halvings == 0 ? images : nn.functional.avg_pool2d(images, 1L << halvings))
                            .to(float16)
                            .cpu();
                        progress?.Invoke(rows[^1] + 1);
                        return moments.MoveToOuterDisposeScope();
                    })
                    .ToList();
                return cat(parts).MoveToOuterDisposeScope();
            }
        );
    }

    /// <summary>The factor that brings the mean latents of all pictures to unit variance.</summary>
    /// <param name="latents">A store of latents.</param>
    /// <param name="channels">Channels of the latents: the first half of a row.</param>
    public static double ScalingFactor(RowStore latents, long channels)
    {
        var (sum, squares, count) = (0.0, 0.0, 0L);
        foreach (var rows in Enumerable.Range(0, latents.Count).Chunk(256))
        {
            using var scope = NewDisposeScope();
            var means = latents.Gather(rows).narrow(1, 0, channels).to(float64);
            (sum, squares, count) = (
                sum + means.sum().item<double>(),
                squares + means.Squared().sum().item<double>(),
                count + means.numel()
            );
        }
        return 1 / Math.Sqrt(squares / count - sum / count * (sum / count));
    }
}
