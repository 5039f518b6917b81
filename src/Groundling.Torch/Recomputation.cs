using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Gradient checkpointing (activation checkpointing): a block's inner results are forgotten after the forward pass and made again for the
/// backward pass.
/// </summary>
/// <remarks>
/// The block runs again in the types in which it ran first (<see cref="Autocast"/>), on whatever thread libtorch runs the backward pass:
/// autocast and dispose scopes belong to a thread each.
/// </remarks>
public sealed class Recomputation : autograd.MultiTensorFunction<Recomputation>
{
    private const string BlockKey = "block",
        RequiresGradKey = "requires_grad",
        AutocastKey = "autocast";

    /// <inheritdoc/>
    public override string Name => nameof(Recomputation);

    /// <summary>Runs a block so that only its inputs are kept for the backward pass.</summary>
    /// <param name="block">A pure function of its inputs and of parameters; it runs twice and must give the same results.</param>
    /// <param name="inputs">At least one must require a gradient.</param>
    /// <returns>
    /// What the block returned, on one device; the caller owns it. Gradients on the way back belong to the dispose scope around it.
    /// </returns>
    public static IReadOnlyList<Tensor> Run(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> block, params IEnumerable<Tensor> inputs)
    {
        // TorchSharp fails on the way back when one of several results has gone unused: all travel as one, in the widest of their types.
        using var scope = NewDisposeScope();
        IReadOnlyList<(long[] Shape, ScalarType Type)> kinds = [];
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> packed = given =>
        {
            var results = block(given);
            kinds = [.. results.Select(result => (result.shape, result.dtype))];
            return results.Count == 1 ? results : [cat([.. results.Select(result => result.flatten())])];
        };
        var all = apply([packed, .. inputs])[0];
        if (kinds.Count == 1)
            return [all.MoveToOuterDisposeScope()];
        long first = 0;
        return
        [
            .. kinds.Select(kind =>
            {
                var length = kind.Shape.Aggregate(1L, (product, size) => product * size);
                return all.narrow(0, (first += length) - length, length).view(kind.Shape).to(kind.Type).MoveToOuterDisposeScope();
            }),
        ];
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var block = (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)vars[0];
        var inputs = vars.Skip(1).Cast<Tensor>().ToList();
        ctx.save_for_backward(inputs);
        ctx.save_data(BlockKey, block);
        ctx.save_data(RequiresGradKey, inputs.Select(input => input.requires_grad).ToArray());
        ctx.save_data(AutocastKey, Autocast.Around(inputs[0].device_type));
        using var scope = NewDisposeScope();
        using var forget = no_grad();
        return [.. block(inputs).Select(output => output.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var block = (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)ctx.get_data(BlockKey);
        var requiresGrad = (bool[])ctx.get_data(RequiresGradKey);
        using var scope = NewDisposeScope();
        using var record = enable_grad();
        var inputs = ctx.get_saved_variables().Select((input, i) => input.detach().requires_grad_(requiresGrad[i])).ToList();
        IReadOnlyList<Tensor> outputs;
        using (((AutocastSetting)ctx.get_data(AutocastKey)).Enter())
            outputs = block(inputs);
        var followed = Enumerable.Range(0, outputs.Count).Where(i => outputs[i].requires_grad && grad_outputs[i] is not null).ToList();
        torch.autograd.backward([.. followed.Select(i => outputs[i])], [.. followed.Select(i => grad_outputs[i])]);
        return [null!, .. inputs.Select((input, i) => requiresGrad[i] ? input.grad?.MoveToOuterDisposeScope()! : null!)];
    }
}
