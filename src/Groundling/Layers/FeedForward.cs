using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Layers;

/// <summary>Two linear layers with GELU between them.</summary>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    [ComponentName(Name = "expand")]
    private readonly LinearLayer _expand;

    [ComponentName(Name = "contract")]
    private readonly LinearLayer _contract;

    public FeedForward(long width, long hidden)
        : base(nameof(FeedForward))
    {
        _expand = new(width, hidden);
        _contract = new(hidden, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor states) // [..., D]
    {
        using var scope = NewDisposeScope();
        return _contract.call(functional.gelu(_expand.call(states))).MoveToOuterDisposeScope();
    }
}
