using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>GEGLU: half of an eight-fold expansion gates the other half, then back to the width.</summary>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    [ComponentName(Name = "net/0/proj")]
    private readonly LinearLayer _expand;

    [ComponentName(Name = "net/2")]
    private readonly LinearLayer _contract;

    public FeedForward(long width)
        : base(nameof(FeedForward))
    {
        _expand = new(width, 8 * width);
        _contract = new(4 * width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixels) // [B, hw, C]
    {
        using var scope = NewDisposeScope();
        var expanded = _expand.call(pixels); // [B, hw, 8C]
        var half = expanded.shape[^1] / 2;
        var gated = expanded.narrow(-1, 0, half) * functional.gelu(expanded.narrow(-1, half, half)); // chunk loses the lazy device
        return _contract.call(gated).MoveToOuterDisposeScope(); // [B, hw, C]
    }
}
