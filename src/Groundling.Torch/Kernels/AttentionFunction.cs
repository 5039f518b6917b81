using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary><see cref="AttentionKernel"/> with its way back, as autograd calls them.</summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    public override string Name => nameof(AttentionFunction);

    public static Tensor Run(Tensor query, Tensor key, Tensor value) => apply(query, key, value);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var forget = no_grad();
        var (query, key, value) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var normalizers = empty(query.shape[..3], device: CPU);
        var output = AttentionKernel.Run(query, key, value, normalizers);
        ctx.save_for_backward([query, key, value, output, normalizers]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var forget = no_grad();
        var saved = ctx.get_saved_variables();
        var given = grad_output.stride(3) == 1 ? grad_output : grad_output.contiguous();
        var (query, key, value) = AttentionGradient.Run(saved[0], saved[1], saved[2], saved[3], saved[4], given);
        return [query.MoveToOuterDisposeScope(), key.MoveToOuterDisposeScope(), value.MoveToOuterDisposeScope()];
    }
}
