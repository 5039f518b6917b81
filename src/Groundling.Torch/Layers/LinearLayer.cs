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
    private const long SmallestPacked = 1 << 16;
    private readonly Lock _gate = new();
    private PackedWeight? _packed,
        _packedBack;
    private Rearrangement _extent;

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
    public override Tensor forward(Tensor input) =>
        Arithmetic is not null && PackedWeight.Serves(input) ? Arithmetic.Compute(this, input) : Compute(input);

    /// <inheritdoc/>
    public Tensor Compute(Tensor input)
    {
        Int8Weights.RequireFloat(this);
        if (_extent == Rearrangement.ManyPasses && IsLarge && PackedWeight.BringsBack(input, _weight))
            return FrozenLayerFunction.Run(this, input);
        return Packs(input) ? Packed(ref _packed, _weight, input, Slot).Multiply(input, _bias) : functional.linear(input, _weight, _bias);
    }

    Tensor FrozenLayerFunction.ILayer.Forward(Tensor input) => Compute(input);

    Tensor FrozenLayerFunction.ILayer.Back(Tensor gradient)
    {
        using var transposed = _weight.t();
        return Packed(ref _packedBack, transposed, gradient, slot: null).Multiply(gradient, bias: null);
    }

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null) => (_extent, Slot) = (extent, slot);

    private bool IsLarge => _weight.numel() >= SmallestPacked;

    private PackedWeight Packed(ref PackedWeight? packed, Tensor weight, Tensor input, PackSlot? slot)
    {
        lock (_gate)
        {
            if (packed is not null)
                return packed;
            packed = PackedWeight.ForLinear(weight, input.shape, slot);
            MappedFile.ReleasePages(_weight);
            return packed;
        }
    }

    private bool Packs(Tensor input) =>
        _extent != Rearrangement.None
        && PackedWeight.Supported
        && IsLarge
        && PackedWeight.Serves(input, _weight)
        && (_extent == Rearrangement.ManyPasses || PackSlot.Had(Slot, PackedWeight.Kind(_weight.dtype, input.shape)));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _packed?.Dispose();
            _packedBack?.Dispose();
            Arithmetic?.Dispose();
        }
        base.Dispose(disposing);
    }
}
