using Groundling.Layers;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Aggregation;

/// <summary>Pixels and phrases of all levels inform each other, then themselves (Sec. 3.3; paper: MLMA).</summary>
public sealed class MutualAggregation : Module<LevelStates, Tensor?, LevelStates>
{
    private readonly long _width;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<AggregationLayer> _layers;

    [ComponentName(Name = "level_embedding/weight")]
    private readonly Parameter _levels;

    [ComponentName(Name = "norm_pixels")]
    private readonly LayerNorm _normPixels;

    [ComponentName(Name = "norm_phrases")]
    private readonly LayerNorm _normPhrases;

    /// <param name="config">Width, layers, heads, points.</param>
    public MutualAggregation(GroundingConfig config)
        : base(nameof(MutualAggregation))
    {
        _width = config.Width;
        _layers = new([.. Enumerable.Range(0, config.AggregationLayers).Select(_ => new AggregationLayer(config))]);
        _levels = Parameters.Reserve(LevelStates.Count, config.Width);
        _normPixels = LayerNorm(config.Width);
        _normPhrases = LayerNorm(config.Width);
        RegisterComponents();
    }

    /// <param name="levels">F_3 to F_5 and R_3 to R_5; the caller keeps them.</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null; each row has a valid one.</param>
    /// <returns>F'' and R''; the caller owns them.</returns>
    public override LevelStates forward(LevelStates levels, Tensor? valid)
    {
        using var scope = NewDisposeScope();
        var everyLevel = valid is null ? null : cat([.. Enumerable.Repeat(valid, LevelStates.Count)], 1); // [B, 3N]
        var positions = cat(
            [
                .. levels.Sizes.Select(
                    (size, level) => SinePositions.Of(size.Height, size.Width, _width, levels.Pixels).Plus(_levels[level])
                ),
            ],
            0
        );
        var references = References(levels.Sizes, levels.Pixels); // [P, 2]
        var (pixels, phrases) = (levels.Pixels, levels.Phrases);
        foreach (var layer in _layers)
            (pixels, phrases) = layer.Run(pixels, phrases, everyLevel, positions, references, levels.Sizes);
        return new(
            _normPixels.call(pixels).MoveToOuterDisposeScope(),
            _normPhrases.call(phrases).MoveToOuterDisposeScope(),
            levels.PhraseCount,
            levels.Sizes
        );
    }

    /// <summary>[P, 2] the centre (x, y) of every pixel of every level, in [0, 1].</summary>
    internal static Tensor References(IReadOnlyList<(long Height, long Width)> sizes, Tensor like) =>
        cat(
            [
                .. sizes.Select(size =>
                {
                    var y = HeldScalars
                        .Range(size.Height, like.dtype, like.device)
                        .Plus(0.5)
                        .Over(size.Height)
                        .unsqueeze(1)
                        .expand(size.Height, size.Width);
                    var x = HeldScalars
                        .Range(size.Width, like.dtype, like.device)
                        .Plus(0.5)
                        .Over(size.Width)
                        .unsqueeze(0)
                        .expand(size.Height, size.Width);
                    return stack([x.flatten(), y.flatten()], -1);
                }),
            ],
            0
        );

    /// <summary>One layer, normalising before each step.</summary>
    private sealed class AggregationLayer : Module
    {
        [ComponentName(Name = "norm_pixels")]
        private readonly LayerNorm _normPixels;

        [ComponentName(Name = "norm_phrases")]
        private readonly LayerNorm _normPhrases;

        [ComponentName(Name = "mutual")]
        private readonly BidirectionalAttention _mutual;

        [ComponentName(Name = "norm_deformable")]
        private readonly LayerNorm _normDeformable;

        [ComponentName(Name = "deformable")]
        private readonly DeformableAttention _deformable;

        [ComponentName(Name = "norm_pixel_ff")]
        private readonly LayerNorm _normPixelFeedForward;

        [ComponentName(Name = "pixel_ff")]
        private readonly FeedForward _pixelFeedForward;

        [ComponentName(Name = "norm_self")]
        private readonly LayerNorm _normSelf;

        [ComponentName(Name = "self_attention")]
        private readonly MultiHeadAttention _self;

        [ComponentName(Name = "norm_phrase_ff")]
        private readonly LayerNorm _normPhraseFeedForward;

        [ComponentName(Name = "phrase_ff")]
        private readonly FeedForward _phraseFeedForward;

        public AggregationLayer(GroundingConfig config)
            : base(nameof(AggregationLayer))
        {
            var width = config.Width;
            _normPixels = LayerNorm(width);
            _normPhrases = LayerNorm(width);
            _mutual = new(width, config.Heads);
            _normDeformable = LayerNorm(width);
            _deformable = new(width, config.Heads, LevelStates.Count, config.DeformablePoints);
            _normPixelFeedForward = LayerNorm(width);
            _pixelFeedForward = new(width, config.AggregationFeedForward);
            _normSelf = LayerNorm(width);
            _self = new(width, width, config.Heads);
            _normPhraseFeedForward = LayerNorm(width);
            _phraseFeedForward = new(width, config.AggregationFeedForward);
            RegisterComponents();
        }

        public (Tensor Pixels, Tensor Phrases) Run(
            Tensor pixels,
            Tensor phrases,
            Tensor? valid,
            Tensor positions,
            Tensor references,
            IReadOnlyList<(long Height, long Width)> sizes
        )
        {
            using var scope = NewDisposeScope();
            // 1. Both kinds read each other through one tensor of logits.
            var (forPixels, forPhrases) = _mutual.call(_normPixels.call(pixels), _normPhrases.call(phrases), valid);
            pixels = pixels.Plus(forPixels); // F' [B, P, D]
            phrases = phrases.Plus(forPhrases); // R' [B, 3N, D]
            // 2. Pixels read a few places on every level.
            var normed = _normDeformable.call(pixels);
            pixels = pixels.Plus(_deformable.call(normed.Plus(positions), references, normed, sizes));
            pixels = pixels.Plus(_pixelFeedForward.call(_normPixelFeedForward.call(pixels))); // F''
            // 3. Phrases read all phrases.
            normed = _normSelf.call(phrases);
            phrases = phrases.Plus(_self.call(normed, normed, normed, valid?.unsqueeze(1).unsqueeze(1)));
            phrases = phrases.Plus(_phraseFeedForward.call(_normPhraseFeedForward.call(phrases))); // R''
            return (pixels.MoveToOuterDisposeScope(), phrases.MoveToOuterDisposeScope());
        }
    }
}
