using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// A layer that multiplies its input by one weight: plainly while the weight is learnt, with rearranged (prepacked) or integer weights
/// once it is frozen.
/// </summary>
public abstract class RearrangeableLayer : Module<Tensor, Tensor>, IRearrangeable, IQuantizableLayer, FrozenLayerFunction.ILayer
{
    private IRearrangedWeight? _rearranged,
        _back;
    private bool _servesOnePass;

    private protected RearrangeableLayer(string name)
        : base(name) { }

    /// <inheritdoc/>
    public abstract Tensor Weight { get; }

    /// <inheritdoc/>
    public abstract Tensor? Bias { get; }

    /// <inheritdoc/>
    public abstract long Stride { get; }

    /// <inheritdoc/>
    public abstract long Padding { get; }

    /// <inheritdoc/>
    public PackSlot? Slot { get; private set; }

    /// <inheritdoc/>
    public ILayerArithmetic? Arithmetic { get; set; }

    /// <summary>The layer's output, by the arithmetic that it has been given.</summary>
    /// <param name="input">Of the shape that the layer takes.</param>
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
        if (_back is not null && PackedWeight.BringsBack(input, Weight) && _rearranged!.Suits(input))
            return FrozenLayerFunction.Run(this, input);
        if (_rearranged is not null && PackedWeight.Serves(input, Weight) && _rearranged.Suits(input))
            return _rearranged.Multiply(input, Bias);
        return ComputePlainly(input);
    }

    Tensor FrozenLayerFunction.ILayer.Forward(Tensor input) => _rearranged!.Multiply(input, Bias);

    Tensor FrozenLayerFunction.ILayer.Back(Tensor gradient) =>
        _back!.Suits(gradient) ? _back.Multiply(gradient, bias: null) : BringBackPlainly(gradient);

    /// <inheritdoc/>
    public void Allow(Rearrangement extent, PackSlot? slot = null)
    {
        Forget();
        Slot = slot;
        _servesOnePass = extent == Rearrangement.OnePass && Weight.numel() >= MappedFile.LargeWeight;
        if (extent != Rearrangement.None)
            _rearranged = Rearrange(extent, slot);
        if (extent == Rearrangement.ManyPasses)
            _back = RearrangeBack();
    }

    /// <summary>libtorch's own operator.</summary>
    private protected abstract Tensor ComputePlainly(Tensor input);

    /// <summary>The input's gradient by libtorch's own operator.</summary>
    private protected abstract Tensor BringBackPlainly(Tensor gradient);

    /// <summary>The weight in forms that are faster.</summary>
    private protected abstract IRearrangedWeight Rearrange(Rearrangement extent, PackSlot? slot);

    /// <summary>The weight that brings gradients back, in forms that are faster, for many passes; null where there are none.</summary>
    private protected abstract IRearrangedWeight? RearrangeBack();

    /// <summary>What a single pass has read will not be read again: large models need not lie in memory as a whole.</summary>
    private void ReleasePages()
    {
        MappedFile.ReleasePages(Weight);
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
