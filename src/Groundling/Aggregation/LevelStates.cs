using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Aggregation;

/// <summary>Pixels and phrases of the three levels (strides 8, 16, 32), each kind one level after another.</summary>
/// <param name="Pixels">[B, P, D] F_3, F_4, F_5, row by row; P = 21/16 h w.</param>
/// <param name="Phrases">[B, 3N, D] R_3, R_4, R_5; [B, N, D] R_3 alone where the levels are not aggregated.</param>
/// <param name="PhraseCount">N</param>
/// <param name="Sizes">Height and width of every level.</param>
public sealed record LevelStates(Tensor Pixels, Tensor Phrases, long PhraseCount, IReadOnlyList<(long Height, long Width)> Sizes)
    : IDisposable
{
    /// <summary>How many levels there are.</summary>
    public const int Count = 3;

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Pixels.Dispose();
        Phrases.Dispose();
    }

    /// <summary>[B, hw, D] a view of one level's pixels, 0 the finest.</summary>
    public Tensor PixelsOf(int level) =>
        Pixels.narrow(1, Sizes.Take(level).Sum(size => size.Height * size.Width), Sizes[level].Height * Sizes[level].Width);

    /// <summary>[B, N, D] a view of one level's phrases, 0 the finest.</summary>
    public Tensor PhrasesOf(int level) => Phrases.narrow(1, level * PhraseCount, PhraseCount);

    /// <summary>[B, D, h, w] one level's pixels as an image.</summary>
    public Tensor ImageOf(int level) => PixelsOf(level).ToImage(Sizes[level].Height, Sizes[level].Width);
}
