using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// A frozen layer and its way back, as autograd calls them: both with rearranged weights, and nothing is kept in between, as only the
/// input has a gradient.
/// </summary>
internal sealed class FrozenLayerFunction : autograd.SingleTensorFunction<FrozenLayerFunction>
{
    private const string LayerKey = "layer";

    public override string Name => nameof(FrozenLayerFunction);

    /// <summary>A frozen layer.</summary>
    internal interface ILayer
    {
        /// <summary>The output, no gradient recorded.</summary>
        Tensor Forward(Tensor input);

        /// <summary>The input's gradient, from the output's.</summary>
        Tensor Back(Tensor gradient);
    }

    /// <summary>Whether a frozen layer's gradient goes through here.</summary>
    public static bool Serves(Tensor input) =>
        is_grad_enabled()
        && PackedWeight.Supported
        && input.requires_grad
        && input.dtype == ScalarType.Float32
        && input.device_type == DeviceType.CPU;

    /// <summary>The layer's output, through which gradients flow to the input.</summary>
    public static Tensor Run(ILayer layer, Tensor input) => apply(input, layer);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var forget = no_grad();
        var layer = (ILayer)vars[1];
        ctx.save_data(LayerKey, layer);
        return layer.Forward((Tensor)vars[0]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var forget = no_grad();
        return [((ILayer)ctx.get_data(LayerKey)).Back(grad_output), null!];
    }
}
