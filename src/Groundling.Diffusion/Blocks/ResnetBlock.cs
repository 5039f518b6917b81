using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Two convolutions around a residual; in the UNet the time embedding is added between them.</summary>
internal sealed class ResnetBlock : Module<Tensor, Tensor?, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly GroupNormLayer _norm1;

    [ComponentName(Name = "conv1")]
    private readonly ConvolutionLayer _conv1;

    [ComponentName(Name = "time_emb_proj")]
    private readonly LinearLayer? _time;

    [ComponentName(Name = "norm2")]
    private readonly GroupNormLayer _norm2;

    [ComponentName(Name = "conv2")]
    private readonly ConvolutionLayer _conv2;

    [ComponentName(Name = "conv_shortcut")]
    private readonly ConvolutionLayer? _shortcut;

    public ResnetBlock(long inputs, long outputs, long groups, double epsilon, long? timeWidth = null)
        : base(nameof(ResnetBlock))
    {
        _norm1 = new(groups, inputs, epsilon, silu: true);
        _conv1 = new(inputs, outputs, 3);
        _time = timeWidth is { } width ? new(width, outputs) : null;
        _norm2 = new(groups, outputs, epsilon, silu: true);
        _conv2 = new(outputs, outputs, 3);
        _shortcut = inputs == outputs ? null : new(inputs, outputs, 1);
        RegisterComponents();
    }

    /// <param name="image">[B, inputs, h, w]</param>
    /// <param name="time">[B, time width] after its SiLU, or null.</param>
    /// <returns>[B, outputs, h, w]</returns>
    public override Tensor forward(Tensor image, Tensor? time)
    {
        using var scope = NewDisposeScope();
        // In the VAE these images are the largest things in memory: each is let go as soon as the next one stands.
        var normed = _norm1.call(image);
        var hidden = _conv1.call(normed);
        normed.Dispose();
        if (_time is not null)
            hidden = hidden.Plus(_time.call(time!).unsqueeze(-1).unsqueeze(-1));
        normed = _norm2.call(hidden);
        hidden.Dispose();
        hidden = _conv2.call(normed);
        normed.Dispose();
        var kept = _shortcut?.call(image) ?? image;
        return (is_grad_enabled() ? hidden.Plus(kept) : hidden.PlusInPlace(kept)).MoveToOuterDisposeScope();
    }
}
