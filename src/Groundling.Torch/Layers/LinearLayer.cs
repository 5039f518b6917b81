using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>x W^T + b, with weights that are loaded or initialised later, and prepacked once they are frozen.</summary>
/// <remarks>A new layer's weights are reserved memory that nothing has written yet: building a large model costs nothing.</remarks>
public sealed class LinearLayer : Module<Tensor, Tensor>, IRearrangeable, IQuantizableLayer
{
    private const long SmallestPacked = 1 << 16;
    private readonly Lock _gate = new();
    private PackedWeight? _packed;
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
        if (!Packs(input))
            return functional.linear(input, _weight, _bias);
        lock (_gate)
        {
            if (_packed is null)
            {
                _packed = PackedWeight.ForLinear(_weight, input.shape, Slot);
                MappedFile.ReleasePages(_weight);
            }
        }
        return _packed.Multiply(input, _bias);
    }

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null) => (_extent, Slot) = (extent, slot);

    private bool Packs(Tensor input) =>
        _extent != Rearrangement.None
        && PackedWeight.Supported
        && _weight.numel() >= SmallestPacked
        && PackedWeight.Serves(input)
        && (_extent == Rearrangement.ManyPasses || PackSlot.Had(Slot, PackedWeight.Kind(input.shape)));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _packed?.Dispose();
            Arithmetic?.Dispose();
        }
        base.Dispose(disposing);
    }
}
