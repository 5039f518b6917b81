using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>CLIP's text transformer: token ids to one state a token (last_hidden_state).</summary>
/// <remarks>Attention is causal: what follows a token, padding included, does not change its state.</remarks>
public sealed class TextEncoder : Module<Tensor, Tensor>
{
    [ComponentName(Name = "text_model")]
    private readonly TextTransformer _transformer;

    /// <summary>Builds the encoder; its weights are still to be loaded or initialised.</summary>
    public TextEncoder(TextEncoderConfig config)
        : base(nameof(TextEncoder))
    {
        Config = config;
        _transformer = new(config);
        RegisterComponents();
    }

    /// <summary>The encoder's sizes.</summary>
    public TextEncoderConfig Config { get; }

    /// <summary>Older files carry buffers that follow from the config; newer ones leave out the first segment of every name.</summary>
    public static KeyMap Keys { get; } =
        new(
            ("embeddings.position_ids", null),
            ("text_projection", null),
            ("text_model", "text_model"),
            ("embeddings", "text_model.embeddings"),
            ("encoder", "text_model.encoder"),
            ("final_layer_norm", "text_model.final_layer_norm")
        );

    /// <param name="tokens">[B, T] token ids, T at most <see cref="TextEncoderConfig.Positions"/>.</param>
    /// <returns>[B, T, C_t] the last layer's states after the final layer norm; the caller owns it.</returns>
    public override Tensor forward(Tensor tokens) => Encode(tokens, skipLast: 0);

    /// <summary>The states before the last <paramref name="skipLast"/> layers, after the final layer norm.</summary>
    /// <param name="tokens">[B, T] token ids.</param>
    /// <param name="skipLast">Layers left out.</param>
    /// <returns>[B, T, C_t]; the caller owns it.</returns>
    public Tensor Encode(Tensor tokens, int skipLast) => _transformer.call(tokens, skipLast);

    private sealed class TextTransformer : Module<Tensor, int, Tensor>
    {
        [ComponentName(Name = "embeddings")]
        private readonly TextEmbeddings _embeddings;

        [ComponentName(Name = "encoder/layers")]
        private readonly ModuleList<TextLayer> _layers;

        [ComponentName(Name = "final_layer_norm")]
        private readonly LayerNorm _norm;

        public TextTransformer(TextEncoderConfig config)
            : base(nameof(TextTransformer))
        {
            _embeddings = new(config);
            _layers = new([.. Enumerable.Range(0, config.Layers).Select(_ => new TextLayer(config))]);
            _norm = LayerNorm(config.Width, config.Epsilon);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens, int skipLast) // [B, T]
        {
            using var scope = NewDisposeScope();
            var states = _embeddings.call(tokens); // [B, T, Ct]
            foreach (var layer in _layers.Take(_layers.Count - skipLast))
                states = layer.call(states);
            return _norm.call(states).MoveToOuterDisposeScope();
        }
    }

    private sealed class TextEmbeddings : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "token_embedding/weight")]
        private readonly Parameter _tokens;

        [ComponentName(Name = "position_embedding/weight")]
        private readonly Parameter _positions;

        public TextEmbeddings(TextEncoderConfig config)
            : base(nameof(TextEmbeddings))
        {
            _tokens = Parameters.Reserve(config.VocabularySize, config.Width);
            _positions = Parameters.Reserve(config.Positions, config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens) // [B, T] -> [B, T, Ct]
        {
            using var scope = NewDisposeScope();
            var states = _tokens.index_select(0, tokens.flatten()).view(tokens.shape[0], tokens.shape[1], -1);
            return states.Plus(_positions.narrow(0, 0, tokens.shape[1])).MoveToOuterDisposeScope();
        }
    }

    private sealed class TextLayer : Module<Tensor, Tensor>
    {
        private readonly bool _quickGelu;
        private readonly int _heads;

        [ComponentName(Name = "layer_norm1")]
        private readonly LayerNorm _norm1;

        [ComponentName(Name = "self_attn/q_proj")]
        private readonly LinearLayer _query;

        [ComponentName(Name = "self_attn/k_proj")]
        private readonly LinearLayer _key;

        [ComponentName(Name = "self_attn/v_proj")]
        private readonly LinearLayer _value;

        [ComponentName(Name = "self_attn/out_proj")]
        private readonly LinearLayer _out;

        [ComponentName(Name = "layer_norm2")]
        private readonly LayerNorm _norm2;

        [ComponentName(Name = "mlp/fc1")]
        private readonly LinearLayer _expand;

        [ComponentName(Name = "mlp/fc2")]
        private readonly LinearLayer _contract;

        public TextLayer(TextEncoderConfig config)
            : base(nameof(TextLayer))
        {
            (_quickGelu, _heads) = (config.QuickGelu, config.Heads);
            _norm1 = LayerNorm(config.Width, config.Epsilon);
            _query = new(config.Width, config.Width);
            _key = new(config.Width, config.Width);
            _value = new(config.Width, config.Width);
            _out = new(config.Width, config.Width);
            _norm2 = LayerNorm(config.Width, config.Epsilon);
            _expand = new(config.Width, config.FeedForwardWidth);
            _contract = new(config.FeedForwardWidth, config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor states) // [B, T, Ct]
        {
            using var scope = NewDisposeScope();
            var normed = _norm1.call(states);
            var attended = functional.scaled_dot_product_attention(
                _query.ToHeads(normed, _heads),
                _key.ToHeads(normed, _heads),
                _value.ToHeads(normed, _heads),
                is_casual: true
            );
            var hidden = states.Plus(_out.FromHeads(attended));
            var expanded = _expand.call(_norm2.call(hidden));
            var activated = _quickGelu ? expanded * expanded.Times(1.702).sigmoid() : functional.gelu(expanded);
            return hidden.Plus(_contract.call(activated)).MoveToOuterDisposeScope();
        }
    }
}
