using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Latents to picture.</summary>
internal sealed class VaeDecoder : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly ConvolutionLayer _in;

    [ComponentName(Name = "mid_block")]
    private readonly VaeMid _mid;

    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<VaeLevel> _up;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNormLayer _norm;

    [ComponentName(Name = "conv_out")]
    private readonly ConvolutionLayer _out;

    public VaeDecoder(VaeConfig config)
        : base(nameof(VaeDecoder))
    {
        long[] widths = [.. config.Widths.Reverse()];
        _in = new(config.LatentChannels, widths[0], 3);
        _mid = new(widths[0], config.NormGroups);
        _up = new([
            .. Enumerable
                .Range(0, widths.Length)
                .Select(level => new VaeLevel(
                    widths[Math.Max(level - 1, 0)],
                    widths[level],
                    config.LayersPerBlock + 1,
                    config.NormGroups,
                    doubles: level < widths.Length - 1
                )),
        ]);
        _norm = new(config.NormGroups, widths[^1], Vae.NormEpsilon, silu: true);
        _out = new(widths[^1], 3, 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents) // [B, 4, h, w] -> [B, 3, 8h, 8w]
    {
        using var scope = NewDisposeScope();
        var image = _mid.call(Widen(latents));
        foreach (var level in _up)
        {
            var next = level.call(image);
            image.Dispose();
            image = next;
        }
        return _out.call(_norm.call(image)).MoveToOuterDisposeScope();
    }

    /// <summary>Latents at the width of the mid block.</summary>
    public Tensor Widen(Tensor latents) => _in.call(latents.ToChannelsLast()); // [B, 4, h, w] -> [B, C, h, w]

    /// <summary>The outputs of the first up blocks for an image that takes the place of <see cref="Widen"/>'s.</summary>
    public IEnumerable<Tensor> Features(Tensor image, int count) // [B, C, h, w] -> [B, C, 2h, 2w], [B, C, 4h, 4w], ...
    {
        image = _mid.call(image);
        foreach (var level in _up.Take(count))
            yield return image = level.call(image);
    }
}
