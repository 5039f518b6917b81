using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Pixels attend to each other, then to the prompt, which the exchange may change on the way.</summary>
internal sealed class SpatialTransformer : Module<Tensor, IPromptExchange, Tensor>
{
    [ComponentName(Name = "norm")]
    private readonly GroupNormLayer _norm;

    [ComponentName(Name = "proj_in")]
    private readonly Module<Tensor, Tensor> _in;

    [ComponentName(Name = "transformer_blocks/0")]
    private readonly TransformerBlock _block;

    [ComponentName(Name = "proj_out")]
    private readonly Module<Tensor, Tensor> _out;

    public SpatialTransformer(TransformerSite site, UNetConfig config)
        : base(nameof(SpatialTransformer))
    {
        Site = site;
        _norm = new(config.NormGroups, site.Channels, 1e-6, silu: false);
        _in = config.LinearProjection
            ? new LinearLayer(site.Channels, site.Channels)
            : new ConvolutionLayer(site.Channels, site.Channels, 1);
        _block = new(site, config.PromptWidth);
        _out = config.LinearProjection
            ? new LinearLayer(site.Channels, site.Channels)
            : new ConvolutionLayer(site.Channels, site.Channels, 1);
        RegisterComponents();
    }

    public TransformerSite Site { get; }

    /// <param name="image">[B, C, h, w]</param>
    /// <param name="exchange">Where the prompt comes from.</param>
    /// <returns>[B, C, h, w]</returns>
    public override Tensor forward(Tensor image, IPromptExchange exchange)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.shape[2], image.shape[3]);
        var linear = _in is LinearLayer;
        var normed = _norm.call(image);
        var pixels = linear ? _in.call(normed.ToPixels()) : _in.call(normed).ToPixels();
        pixels = _block.call(pixels, exchange); // [B, hw, C]
        var output = linear ? _out.call(pixels).ToImage(height, width) : _out.call(pixels.ToImage(height, width));
        return output.Plus(image).MoveToOuterDisposeScope();
    }

    private sealed class TransformerBlock : Module<Tensor, IPromptExchange, Tensor>
    {
        private readonly TransformerSite _site;

        [ComponentName(Name = "norm1")]
        private readonly LayerNorm _norm1;

        [ComponentName(Name = "attn1")]
        private readonly CrossAttention _self;

        [ComponentName(Name = "norm2")]
        private readonly LayerNorm _norm2;

        [ComponentName(Name = "attn2")]
        private readonly CrossAttention _cross;

        [ComponentName(Name = "norm3")]
        private readonly LayerNorm _norm3;

        [ComponentName(Name = "ff")]
        private readonly FeedForward _feedForward;

        public TransformerBlock(TransformerSite site, long promptWidth)
            : base(nameof(TransformerBlock))
        {
            _site = site;
            _norm1 = LayerNorm(site.Channels);
            _self = new(site.Channels, site.Channels, site.Heads);
            _norm2 = LayerNorm(site.Channels);
            _cross = new(site.Channels, promptWidth, site.Heads);
            _norm3 = LayerNorm(site.Channels);
            _feedForward = new(site.Channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor pixels, IPromptExchange exchange)
        {
            using var scope = NewDisposeScope();
            var normed = _norm1.call(pixels);
            if (exchange.WantsSelfAttention(_site))
            {
                using var shares = _self.MeanAttention(normed, normed);
                exchange.SelfAttended(_site, shares);
            }
            var mixed = pixels.Plus(_self.call(normed, normed, null)); // F_itm
            var prompted = mixed.Plus(Cross(mixed, exchange)); // F_ca
            return prompted.Plus(_feedForward.call(_norm3.call(prompted))).MoveToOuterDisposeScope();
        }

        private Tensor Cross(Tensor mixed, IPromptExchange exchange)
        {
            using var scope = NewDisposeScope();
            var prompt = exchange.PromptFor(_site, mixed); // [B, K, Ct]
            var query = _norm2.call(mixed);
            if (!exchange.WantsAttention)
                return _cross.call(query, prompt.States, prompt.Readable).MoveToOuterDisposeScope();
            var (read, attention) = _cross.Attend(query, prompt.States, prompt.Readable);
            exchange.Attended(_site, new(mixed, attention));
            return read.MoveToOuterDisposeScope();
        }
    }
}
