using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Self-attention of all pixels with one head, as a residual.</summary>
internal sealed class VaeAttention : Module<Tensor, Tensor>
{
    [ComponentName(Name = "group_norm")]
    private readonly GroupNormLayer _norm;

    [ComponentName(Name = "to_q")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "to_k")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "to_v")]
    private readonly LinearLayer _value;

    [ComponentName(Name = "to_out/0")]
    private readonly LinearLayer _out;

    public VaeAttention(long width, long groups)
        : base(nameof(VaeAttention))
    {
        _norm = new(groups, width, Vae.NormEpsilon, silu: false);
        _query = new(width, width);
        _key = new(width, width);
        _value = new(width, width);
        _out = new(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image) // [B, C, h, w]
    {
        using var scope = NewDisposeScope();
        var pixels = _norm.call(image).ToPixels(); // [B, hw, C]
        var mixed = DotProductAttention
            .Of(_query.call(pixels).unsqueeze(1), _key.call(pixels).unsqueeze(1), _value.call(pixels).unsqueeze(1))
            .squeeze(1);
        return image.Plus(_out.call(mixed).ToImage(image.shape[2], image.shape[3])).MoveToOuterDisposeScope();
    }
}

/// <summary>The coarsest block: residual block, self-attention, residual block.</summary>
internal sealed class VaeMid : Module<Tensor, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions/0")]
    private readonly VaeAttention _attention;

    public VaeMid(long width, long groups)
        : base(nameof(VaeMid))
    {
        _resnets = new([.. Enumerable.Range(0, 2).Select(_ => new ResnetBlock(width, width, groups, Vae.NormEpsilon))]);
        _attention = new(width, groups);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        return _resnets[1].call(_attention.call(_resnets[0].call(image, null)), null).MoveToOuterDisposeScope();
    }
}

/// <summary>Residual blocks, then a halving or doubling where the level has one.</summary>
internal sealed class VaeLevel : Module<Tensor, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "downsamplers/0")]
    private readonly Downsampler? _down;

    [ComponentName(Name = "upsamplers/0")]
    private readonly Upsampler? _up;

    public VaeLevel(long inputs, long outputs, int layers, long groups, bool halves = false, bool doubles = false)
        : base(nameof(VaeLevel))
    {
        _resnets = new([
            .. Enumerable.Range(0, layers).Select(i => new ResnetBlock(i == 0 ? inputs : outputs, outputs, groups, Vae.NormEpsilon)),
        ]);
        _down = halves ? new(outputs, padRightBottom: true) : null;
        _up = doubles ? new(outputs) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var current = image;
        foreach (var resnet in _resnets)
        {
            var next = resnet.call(current, null);
            if (!ReferenceEquals(current, image))
                current.Dispose(); // full-size images are the peak of the memory
            current = next;
        }
        return (_down?.call(current) ?? _up?.call(current) ?? current).MoveToOuterDisposeScope();
    }
}
