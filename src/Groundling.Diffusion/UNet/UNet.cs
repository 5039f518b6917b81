using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Stable Diffusion's UNet. It reads its prompt through an <see cref="IPromptExchange"/>, block by block.</summary>
public sealed class UNet : Module<Tensor, Tensor, IPromptExchange, UNetOutput>
{
    private readonly List<TransformerSite> _sites = [];

    [ComponentName(Name = "conv_in")]
    private readonly ConvolutionLayer _in;

    [ComponentName(Name = "time_embedding")]
    private readonly TimeEmbedding _time;

    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<DownLevel> _down;

    [ComponentName(Name = "mid_block")]
    private readonly MidLevel? _mid;

    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<UpLevel> _up;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNormLayer _normOut;

    [ComponentName(Name = "conv_out")]
    private readonly ConvolutionLayer _out;

    /// <summary>Builds the UNet; its weights are still to be loaded or initialised.</summary>
    public UNet(UNetConfig config)
        : base(nameof(UNet))
    {
        Config = config;
        var (widths, levels) = (config.Widths, config.Widths.Count);
        _in = new(config.InChannels, widths[0], 3);
        _time = new(config);
        _down = new([.. Enumerable.Range(0, levels).Select(level => BuildDown(level))]);
        _mid = config.HasMiddle
            ? new(Resnet(widths[^1], widths[^1]), Transformer("mid_block.attentions.0", levels - 1), Resnet(widths[^1], widths[^1]))
            : null;
        _up = new([.. Enumerable.Range(0, levels).Select(place => BuildUp(place))]);
        _normOut = new(config.NormGroups, widths[0], config.NormEpsilon, silu: true);
        _out = new(widths[0], config.OutChannels, 3);
        RegisterComponents();
    }

    /// <summary>The UNet's sizes.</summary>
    public UNetConfig Config { get; }

    /// <summary>The transformer blocks in the order in which they run.</summary>
    public IReadOnlyList<TransformerSite> Sites => _sites;

    /// <summary>Both sides of the latents must be multiples of this.</summary>
    public long LatentMultiple => 1L << (Config.Widths.Count - 1);

    /// <param name="latents">[B, 4, h, w]; h and w multiples of <see cref="LatentMultiple"/>.</param>
    /// <param name="times">[B] or [1] diffusion time steps.</param>
    /// <param name="exchange">Where each block's prompt comes from.</param>
    /// <returns>Prediction and features; the caller owns them.</returns>
    /// <exception cref="ArgumentException">The latents' sides do not fit.</exception>
    public override UNetOutput forward(Tensor latents, Tensor times, IPromptExchange exchange)
    {
        if (latents.shape[2] % LatentMultiple != 0 || latents.shape[3] % LatentMultiple != 0)
            throw new ArgumentException(
                $"latents of {latents.shape[2]}x{latents.shape[3]} do not fit: both sides must be multiples of {LatentMultiple}",
                nameof(latents)
            );
        using var scope = NewDisposeScope();
        // 1. When: one vector for all blocks.
        var time = functional.silu(_time.call(times)); // [B, 4 C_0]
        // 2. Down: each level keeps its results for the way up.
        var skips = new Stack<Tensor>();
        var image = _in.call(latents.ToChannelsLast()); // [B, C_0, h, w]
        skips.Push(image);
        for (var level = 0; level < _down.Count; level++)
        {
            image = _down[level].Run(image, time, exchange, skips); // [B, C_l, h / 2^(l+1), ...]
            exchange.BlockDone($"down_blocks.{level}", image);
        }
        // 3. Bottom.
        if (_mid is not null)
        {
            image = _mid.Run(image, time, exchange); // [B, C_L, h/8, w/8]
            exchange.BlockDone("mid_block", image);
        }
        // 4. Up: the features for grounding are taken before each doubling.
        var features = new List<Tensor>();
        for (var place = 0; place < _up.Count; place++)
        {
            (image, var feature) = _up[place].Run(image, time, exchange, skips);
            exchange.BlockDone($"up_blocks.{place}", image);
            features.Insert(0, feature);
        }
        // 5. Noise or velocity.
        var prediction = _out.call(_normOut.call(image)); // [B, 4, h, w]
        return new(prediction.MoveToOuterDisposeScope(), [.. features.Select(feature => feature.MoveToOuterDisposeScope())]);
    }

    private DownLevel BuildDown(int level)
    {
        var (inputs, outputs) = (Config.Widths[Math.Max(level - 1, 0)], Config.Widths[level]);
        var resnets = Enumerable.Range(0, Config.LayersPerBlock).Select(i => Resnet(i == 0 ? inputs : outputs, outputs)).ToList();
        var attentions = Transformers("down_blocks", level, level, Config.DownAttends[level] ? Config.LayersPerBlock : 0);
        return new(resnets, attentions, level == Config.Widths.Count - 1 ? null : new Downsampler(outputs, padRightBottom: false));
    }

    private UpLevel BuildUp(int place)
    {
        var level = Config.Widths.Count - 1 - place;
        var (width, below, above) = (
            Config.Widths[level],
            Config.Widths[Math.Min(level + 1, Config.Widths.Count - 1)],
            Config.Widths[Math.Max(level - 1, 0)]
        );
        var count = Config.LayersPerBlock + 1; // the last skip comes from the level above
        var resnets = Enumerable
            .Range(0, count)
            .Select(i => Resnet((i == 0 ? below : width) + (i == count - 1 ? above : width), width))
            .ToList();
        var attentions = Transformers("up_blocks", place, level, Config.UpAttends[place] ? count : 0);
        return new(resnets, attentions, level == 0 ? null : new Upsampler(width));
    }

    private ResnetBlock Resnet(long inputs, long outputs) =>
        new(inputs, outputs, Config.NormGroups, Config.NormEpsilon, 4 * Config.Widths[0]);

    private List<SpatialTransformer> Transformers(string blocks, int place, int level, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Transformer($"{blocks}.{place}.attentions.{i}", level))];

    private SpatialTransformer Transformer(string path, int level)
    {
        var site = new TransformerSite(_sites.Count, $"{path}.transformer_blocks.0", Config.Widths[level], Config.Heads[level], 1 << level);
        _sites.Add(site);
        return new(site, Config);
    }
}
