using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// A frozen layer and its way back, as autograd calls them: both with rearranged weights, and nothing is kept in between, as only the
/// input has a gradient.
/// </summary>
internal sealed class FrozenLayerFunction : autograd.SingleTensorFunction<FrozenLayerFunction>
{
    private const string LayerKey = "layer",
        TypeKey = "type";

    public override string Name => nameof(FrozenLayerFunction);

    /// <summary>A frozen layer.</summary>
    internal interface ILayer
    {
        /// <summary>The output, no gradient recorded.</summary>
        Tensor Forward(Tensor input);

        /// <summary>The input's gradient, from the output's.</summary>
        Tensor Back(Tensor gradient);
    }

    /// <summary>The layer's output, through which gradients flow to the input.</summary>
    public static Tensor Run(ILayer layer, Tensor input) => apply(input, layer);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var forget = no_grad();
        var (input, layer) = ((Tensor)vars[0], (ILayer)vars[1]);
        ctx.save_data(LayerKey, layer);
        ctx.save_data(TypeKey, input.dtype);
        return layer.Forward(input);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var forget = no_grad();
        var gradient = ((ILayer)ctx.get_data(LayerKey)).Back(grad_output);
        return [gradient.to((ScalarType)ctx.get_data(TypeKey)), null!];
    }
}
