using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary><see cref="DeformableKernel"/> with its way back, as autograd calls them.</summary>
internal sealed class DeformableFunction : autograd.SingleTensorFunction<DeformableFunction>
{
    private const string SizesKey = "sizes";

    public override string Name => nameof(DeformableFunction);

    public static Tensor Run(Tensor values, long[] sizes, Tensor locations, Tensor weights) => apply(values, locations, weights, sizes);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var forget = no_grad();
        var (values, locations, weights, sizes) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (long[])vars[3]);
        ctx.save_data(SizesKey, sizes);
        ctx.save_for_backward([values, locations, weights]);
        return DeformableKernel.Run(values, sizes, locations, weights);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var forget = no_grad();
        var saved = ctx.get_saved_variables();
        var (values, locations, weights) = DeformableKernel.Back(
            saved[0],
            (long[])ctx.get_data(SizesKey),
            saved[1],
            saved[2],
            grad_output.contiguous()
        );
        return [values.MoveToOuterDisposeScope(), locations.MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope(), null!];
    }
}
