using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>
/// A down block: residual blocks, each followed by a transformer where the level attends, then a halving but for the last.
/// </summary>
internal sealed class DownLevel : Module
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SpatialTransformer>? _attentions;

    [ComponentName(Name = "downsamplers/0")]
    private readonly Downsampler? _downsample;

    public DownLevel(IReadOnlyList<ResnetBlock> resnets, IReadOnlyList<SpatialTransformer> attentions, Downsampler? downsample)
        : base(nameof(DownLevel))
    {
        _resnets = new([.. resnets]);
        _attentions = attentions.Count > 0 ? new([.. attentions]) : null;
        _downsample = downsample;
        RegisterComponents();
    }

    /// <summary>Runs the block and pushes each result, for the way up, on <paramref name="skips"/>.</summary>
    public Tensor Run(Tensor image, Tensor time, IPromptExchange exchange, Stack<Tensor> skips)
    {
        for (var i = 0; i < _resnets.Count; i++)
        {
            image = _attentions is null
                ? _resnets[i].call(image, time)
                : PromptedBlock.Run(_resnets[i], _attentions[i], image, time, exchange);
            skips.Push(image);
        }
        if (_downsample is null)
            return image;
        image = _downsample.call(image);
        skips.Push(image);
        return image;
    }
}

/// <summary>The coarsest block: residual block, transformer, residual block.</summary>
internal sealed class MidLevel : Module
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions/0")]
    private readonly SpatialTransformer _attention;

    public MidLevel(ResnetBlock first, SpatialTransformer attention, ResnetBlock second)
        : base(nameof(MidLevel))
    {
        _resnets = new([first, second]);
        _attention = attention;
        RegisterComponents();
    }

    public Tensor Run(Tensor image, Tensor time, IPromptExchange exchange)
    {
        using var scope = NewDisposeScope();
        var attended = PromptedBlock.Run(_resnets[0], _attention, image, time, exchange);
        return _resnets[1].call(attended, time).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// An up block: residual blocks that also read the way down, transformers where the level attends, then a doubling but for the last.
/// </summary>
internal sealed class UpLevel : Module
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SpatialTransformer>? _attentions;

    [ComponentName(Name = "upsamplers/0")]
    private readonly Upsampler? _upsample;

    public UpLevel(IReadOnlyList<ResnetBlock> resnets, IReadOnlyList<SpatialTransformer> attentions, Upsampler? upsample)
        : base(nameof(UpLevel))
    {
        _resnets = new([.. resnets]);
        _attentions = attentions.Count > 0 ? new([.. attentions]) : null;
        _upsample = upsample;
        RegisterComponents();
    }

    /// <summary>Runs the block, taking what the way down left on <paramref name="skips"/>.</summary>
    /// <returns>The block's output, and the same before its doubling.</returns>
    public (Tensor Output, Tensor Feature) Run(Tensor image, Tensor time, IPromptExchange exchange, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < _resnets.Count; i++)
        {
            using var layer = NewDisposeScope();
            var joined = cat([image, skips.Pop()], 1);
            var next = _attentions is null
                ? _resnets[i].call(joined, time)
                : PromptedBlock.Run(_resnets[i], _attentions[i], joined, time, exchange);
            image = next.MoveToOuterDisposeScope();
        }
        image.MoveToOuterDisposeScope();
        // moved once each: a tensor moved twice outlives its owner
        return (_upsample?.call(image).MoveToOuterDisposeScope() ?? image, image);
    }
}
