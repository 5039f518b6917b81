using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Picture to moments.</summary>
internal sealed class VaeEncoder : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly ConvolutionLayer _in;

    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<VaeLevel> _down;

    [ComponentName(Name = "mid_block")]
    private readonly VaeMid _mid;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNormLayer _norm;

    [ComponentName(Name = "conv_out")]
    private readonly ConvolutionLayer _out;

    public VaeEncoder(VaeConfig config)
        : base(nameof(VaeEncoder))
    {
        var widths = config.Widths;
        _in = new(3, widths[0], 3);
        _down = new([
            .. Enumerable
                .Range(0, widths.Count)
                .Select(level => new VaeLevel(
                    widths[Math.Max(level - 1, 0)],
                    widths[level],
                    config.LayersPerBlock,
                    config.NormGroups,
                    halves: level < widths.Count - 1
                )),
        ]);
        _mid = new(widths[^1], config.NormGroups);
        _norm = new(config.NormGroups, widths[^1], Vae.NormEpsilon, silu: true);
        _out = new(widths[^1], 2 * config.LatentChannels, 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor images) // [B, 3, H, W] -> [B, 8, H/8, W/8]
    {
        using var scope = NewDisposeScope();
        var image = _in.call(images.ToChannelsLast());
        foreach (var level in _down)
        {
            var next = level.call(image);
            image.Dispose();
            image = next;
        }
        return _out.call(_norm.call(_mid.call(image))).MoveToOuterDisposeScope();
    }
}
