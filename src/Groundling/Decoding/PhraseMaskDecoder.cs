using Groundling.Aggregation;
using Groundling.Layers;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Decoding;

/// <summary>
/// Mask2Former's transformer decoder with phrases as queries: phrase j owns query j, so there is nothing to match (Sec. 3.3; paper: decoder
/// mask head).
/// </summary>
/// <remarks>Queries have no learned positions: the order of phrases carries no meaning.</remarks>
public sealed class PhraseMaskDecoder : Module<Tensor, LevelStates, Tensor, Tensor?, IReadOnlyList<MaskPrediction>>
{
    private readonly long _width;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<DecoderLayer> _layers;

    [ComponentName(Name = "level_embedding/weight")]
    private readonly Parameter _levels;

    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "mask_mlp")]
    private readonly ModuleList<LinearLayer> _mask;

    [ComponentName(Name = "class")]
    private readonly LinearLayer _class;

    /// <param name="config">Width, layers, heads, classes.</param>
    public PhraseMaskDecoder(GroundingConfig config)
        : base(nameof(PhraseMaskDecoder))
    {
        _width = config.Width;
        _layers = new([.. Enumerable.Range(0, config.DecoderLayers).Select(_ => new DecoderLayer(config))]);
        _levels = Parameters.Reserve(LevelStates.Count, config.Width);
        _norm = LayerNorm(config.Width);
        _mask = new([.. Enumerable.Range(0, 3).Select(_ => new LinearLayer(config.Width, config.Width))]);
        _class = new(config.Width, config.Classes + 1);
        RegisterComponents();
    }

    /// <param name="queries">[B, N, D] one for each phrase.</param>
    /// <param name="levels">F''_3 to F''_5.</param>
    /// <param name="maskFeature">F_m [B, D, H_0/4, W_0/4]</param>
    /// <param name="valid">[B, N] false where a phrase is padding, or null; each row has a valid one.</param>
    /// <returns>Predictions of the input queries and after every layer, mask logits [B, N, H_0/4, W_0/4]; the caller owns them.</returns>
    public override IReadOnlyList<MaskPrediction> forward(Tensor queries, LevelStates levels, Tensor maskFeature, Tensor? valid)
    {
        using var scope = NewDisposeScope();
        var values = Enumerable.Range(0, LevelStates.Count).Select(level => levels.PixelsOf(level).Plus(_levels[level])).ToList();
        var keys = levels
            .Sizes.Select((size, level) => values[level].Plus(SinePositions.Of(size.Height, size.Width, _width, values[level])))
            .ToList();
        var predictions = new List<MaskPrediction> { Predict(queries, maskFeature) };
        for (var i = 0; i < _layers.Count; i++)
        {
            var level = LevelStates.Count - 1 - i % LevelStates.Count; // stride 32, 16, 8, 32, ...
            using var readable = Readable(predictions[^1].Masks, levels.Sizes[level]);
            queries = _layers[i].call(queries, keys[level], values[level], readable, valid);
            predictions.Add(Predict(queries, maskFeature));
        }
        foreach (var prediction in predictions)
        {
            prediction.Masks.MoveToOuterDisposeScope();
            prediction.Classes.MoveToOuterDisposeScope();
        }
        return predictions;
    }

    /// <summary>Where each query may read next: inside its latest mask, or everywhere when that is empty.</summary>
    /// <param name="masks">[B, N, h, w] logits.</param>
    /// <param name="size">Height and width of the level to be read.</param>
    /// <returns>[B, 1, N, hw] without a gradient; the caller owns it.</returns>
    public static Tensor Readable(Tensor masks, (long Height, long Width) size)
    {
        using var scope = NewDisposeScope();
        var shrunk = functional.interpolate(
            masks.detach(),
            size: [size.Height, size.Width],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        );
        var inside = shrunk.flatten(2).IsNotNegative(); // a probability of one half
        return inside.logical_or(inside.any(2, keepdim: true).logical_not()).unsqueeze(1).MoveToOuterDisposeScope();
    }

    private MaskPrediction Predict(Tensor queries, Tensor maskFeature)
    {
        using var scope = NewDisposeScope();
        var normed = _norm.call(queries);
        var filters = _mask[2].call(functional.relu(_mask[1].call(functional.relu(_mask[0].call(normed))))); // [B, N, D]
        var masks = filters
            .matmul(maskFeature.flatten(2))
            .view(queries.shape[0], queries.shape[1], maskFeature.shape[2], maskFeature.shape[3]);
        return new(masks.MoveToOuterDisposeScope(), _class.call(normed).MoveToOuterDisposeScope());
    }

    /// <summary>Masked cross-attention, self-attention, feed-forward; each with its norm behind it.</summary>
    private sealed class DecoderLayer : Module<Tensor, Tensor, Tensor, Tensor, Tensor?, Tensor>
    {
        [ComponentName(Name = "cross_attention")]
        private readonly MultiHeadAttention _cross;

        [ComponentName(Name = "norm_cross")]
        private readonly LayerNorm _normCross;

        [ComponentName(Name = "self_attention")]
        private readonly MultiHeadAttention _self;

        [ComponentName(Name = "norm_self")]
        private readonly LayerNorm _normSelf;

        [ComponentName(Name = "ff")]
        private readonly FeedForward _feedForward;

        [ComponentName(Name = "norm_ff")]
        private readonly LayerNorm _normFeedForward;

        public DecoderLayer(GroundingConfig config)
            : base(nameof(DecoderLayer))
        {
            _cross = new(config.Width, config.Width, config.Heads);
            _normCross = LayerNorm(config.Width);
            _self = new(config.Width, config.Width, config.Heads);
            _normSelf = LayerNorm(config.Width);
            _feedForward = new(config.Width, config.DecoderFeedForward);
            _normFeedForward = LayerNorm(config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor queries, Tensor keys, Tensor values, Tensor readable, Tensor? valid)
        {
            using var scope = NewDisposeScope();
            queries = _normCross.call(queries.Plus(_cross.call(queries, keys, values, readable)));
            queries = _normSelf.call(queries.Plus(_self.call(queries, queries, queries, valid?.unsqueeze(1).unsqueeze(1))));
            return _normFeedForward.call(queries.Plus(_feedForward.call(queries))).MoveToOuterDisposeScope();
        }
    }
}
