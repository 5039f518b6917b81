using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary><see cref="GroupNormKernel"/> with its way back, as autograd calls them.</summary>
internal sealed class GroupNormFunction : autograd.SingleTensorFunction<GroupNormFunction>
{
    private const string GroupsKey = "groups",
        SiluKey = "silu";

    public override string Name => nameof(GroupNormFunction);

    public static Tensor Run(Tensor image, long groups, Tensor weight, Tensor bias, double epsilon, bool silu) =>
        apply(image, weight, bias, groups, epsilon, silu);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var forget = no_grad();
        var (image, weight, bias, groups, silu) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (long)vars[3], (bool)vars[5]);
        var moments = empty(image.shape[0], groups, 2, dtype: float64, device: CPU);
        ctx.save_data(GroupsKey, groups);
        ctx.save_data(SiluKey, silu);
        var output = GroupNormKernel.Run(image, groups, weight, bias, (double)vars[4], silu, moments);
        ctx.save_for_backward([image, weight, bias, moments]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var forget = no_grad();
        var saved = ctx.get_saved_variables();
        var (image, weight, bias) = GroupNormGradient.Run(
            saved[0],
            grad_output.ToChannelsLast(),
            (long)ctx.get_data(GroupsKey),
            saved[1],
            saved[2],
            saved[3],
            (bool)ctx.get_data(SiluKey)
        );
        return [image.MoveToOuterDisposeScope(), weight.MoveToOuterDisposeScope(), bias.MoveToOuterDisposeScope(), null!, null!, null!];
    }
}
