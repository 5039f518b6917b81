using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Aggregation;

/// <summary>Brings the UNet's features and the adapter's phrases of three levels to one width (Sec. 3.3).</summary>
public sealed class LevelProjection : Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, LevelStates>
{
    private const int MostGroups = 32;

    [ComponentName(Name = "pixels")]
    private readonly ModuleList<ConvolutionLayer> _pixels;

    [ComponentName(Name = "pixel_norms")]
    private readonly ModuleList<GroupNormLayer> _pixelNorms;

    [ComponentName(Name = "phrases")]
    private readonly ModuleList<LinearLayer> _phrases;

    [ComponentName(Name = "phrase_norms")]
    private readonly ModuleList<LayerNorm> _phraseNorms;

    /// <param name="pixelWidths">Channels of the three levels' features, finest first.</param>
    /// <param name="phraseWidth">C_t</param>
    /// <param name="width">D</param>
    /// <param name="phraseLevels">How many levels of phrases there are, finest first.</param>
    public LevelProjection(IReadOnlyList<long> pixelWidths, long phraseWidth, long width, int phraseLevels)
        : base(nameof(LevelProjection))
    {
        var levels = Enumerable.Range(0, LevelStates.Count).ToList();
        _pixels = new([.. levels.Select(level => new ConvolutionLayer(pixelWidths[level], width, 1))]);
        _pixelNorms = new([.. levels.Select(_ => Norm(width))]);
        _phrases = new([.. levels.Take(phraseLevels).Select(_ => new LinearLayer(phraseWidth, width))]);
        _phraseNorms = new([.. levels.Take(phraseLevels).Select(_ => LayerNorm(width))]);
        RegisterComponents();
    }

    /// <param name="pixels">[B, C_l, h_l, w_l] the UNet's features at strides 8, 16 and 32.</param>
    /// <param name="phrases">[B, N, C_t] the phrases' states from the same places, as many as there are levels of them.</param>
    /// <returns>Both at width D; the caller owns them.</returns>
    public override LevelStates forward(IReadOnlyList<Tensor> pixels, IReadOnlyList<Tensor> phrases)
    {
        using var scope = NewDisposeScope();
        var levels = Enumerable.Range(0, LevelStates.Count).ToList();
        var sequences = levels.Select(level => _pixelNorms[level].call(_pixels[level].call(pixels[level].ToChannelsLast())).ToPixels());
        var states = levels.Take(_phrases.Count).Select(level => _phraseNorms[level].call(_phrases[level].call(phrases[level])));
        return new(
            cat([.. sequences], 1).MoveToOuterDisposeScope(),
            cat([.. states], 1).MoveToOuterDisposeScope(),
            phrases[0].shape[1],
            [.. levels.Select(level => (pixels[level].shape[2], pixels[level].shape[3]))]
        );
    }

    /// <summary>Group normalisation with 32 groups, fewer for narrow models.</summary>
    internal static GroupNormLayer Norm(long width)
    {
        var groups = Math.Min(MostGroups, width);
        while (width % groups != 0)
            groups--;
        return new(groups, width, 1e-5, silu: false);
    }
}
