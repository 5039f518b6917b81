using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>x W^T + b, with weights that are loaded or initialised later, and prepacked once they are frozen.</summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class LinearLayer : Module<Tensor, Tensor>, IRearrangeable, IQuantizableLayer, FrozenLayerFunction.ILayer
{
    private RearrangedLinear? _rearranged,
        _back;
    private bool _servesOnePass;

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
    public Tensor Weight => _weight;

    /// <inheritdoc/>
    public Tensor? Bias => _bias;

    /// <inheritdoc/>
    public long Stride => 1;

    /// <inheritdoc/>
    public long Padding => 0;

    /// <inheritdoc/>
    public PackSlot? Slot { get; private set; }

    /// <inheritdoc/>
    public ILayerArithmetic? Arithmetic { get; set; }

    /// <param name="input">[..., inputs]</param>
    /// <returns>[..., outputs]</returns>
    public override Tensor forward(Tensor input)
    {
        var output = Arithmetic is not null && PackedWeight.Serves(input) ? Arithmetic.Compute(this, input) : Compute(input);
        if (_servesOnePass)
            ReleasePages();
        return output;
    }

    /// <inheritdoc/>
    public Tensor Compute(Tensor input)
    {
        Int8Weights.RequireFloat(this);
        if (_back is not null && PackedWeight.BringsBack(input, _weight) && _rearranged!.Suits(input))
            return FrozenLayerFunction.Run(this, input);
        if (_rearranged is not null && PackedWeight.Serves(input, _weight) && _rearranged.Suits(input))
            return _rearranged.Multiply(input, _bias);
        return functional.linear(input, _weight, _bias);
    }

    Tensor FrozenLayerFunction.ILayer.Forward(Tensor input) => _rearranged!.Multiply(input, _bias);

    Tensor FrozenLayerFunction.ILayer.Back(Tensor gradient) => _back!.Multiply(gradient, bias: null);

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null)
    {
        Forget();
        Slot = slot;
        _servesOnePass = extent == Rearrangement.OnePass && _weight.numel() >= MappedFile.LargeWeight;
        if (extent != Rearrangement.None)
            _rearranged = new(_weight.shape, _weight.dtype, () => _weight.alias(), extent, slot);
        if (extent == Rearrangement.ManyPasses)
            _back = new([_weight.shape[1], _weight.shape[0]], _weight.dtype, () => _weight.t(), extent, slot: null);
    }

    /// <summary>What a single pass has read will not be read again: large models need not lie in memory as a whole.</summary>
    private void ReleasePages()
    {
        MappedFile.ReleasePages(_weight);
        _rearranged?.ReleasePages();
        Arithmetic?.ReleasePages();
    }

    private void Forget()
    {
        _rearranged?.Dispose();
        _back?.Dispose();
        (_rearranged, _back) = (null, null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
            Arithmetic?.Dispose();
        }
        base.Dispose(disposing);
    }
}
