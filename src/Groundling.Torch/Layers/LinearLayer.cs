using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// x W^T + b, from [..., inputs] to [..., outputs], with weights that are loaded or initialised later, and prepacked once they are frozen.
/// </summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class LinearLayer : RearrangeableLayer
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    /// <param name="inputs">Width of the input's last dimension.</param>
    /// <param name="outputs">Width of the output's last dimension.</param>
    /// <param name="bias">Whether a bias is added.</param>
    public LinearLayer(long inputs, long outputs, bool bias = true)
        : base(nameof(LinearLayer))
    {
        _weight = Parameters.Reserve(outputs, inputs);
        _bias = bias ? Parameters.Reserve(outputs) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Weight => _weight;

    /// <inheritdoc/>
    public override Tensor? Bias => _bias;

    /// <inheritdoc/>
    public override long Stride => 1;

    /// <inheritdoc/>
    public override long Padding => 0;

    private protected override Tensor ComputePlainly(Tensor input) => functional.linear(input, _weight, _bias);

    private protected override Tensor BringBackPlainly(Tensor gradient) => gradient.matmul(_weight);

    private protected override IRearrangedWeight Rearrange(Rearrangement extent, PackSlot? slot) =>
        new RearrangedLinear(_weight.shape, _weight.dtype, () => _weight.alias(), extent, slot);

    private protected override IRearrangedWeight RearrangeBack() =>
        new RearrangedLinear([_weight.shape[1], _weight.shape[0]], _weight.dtype, () => _weight.t(), Rearrangement.ManyPasses, slot: null);
}
