using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A frozen linear map, with its weight in oneDNN's form.</summary>
/// <param name="shape">The weight's: [out, in].</param>
/// <param name="type">The weight's: float32 or bfloat16.</param>
/// <param name="weight">Makes the weight, when it is packed.</param>
/// <param name="extent">How far it may go.</param>
/// <param name="slot">Where packed weights are kept between processes; null for nowhere.</param>
internal sealed class RearrangedLinear(long[] shape, ScalarType type, Func<Tensor> weight, Rearrangement extent, PackSlot? slot)
    : IRearrangedWeight
{
    private readonly Lock _gate = new();
    private PackedWeight? _packed;

    /// <param name="input">[..., in]</param>
    public bool Suits(Tensor input) => PackedWeight.Pays(shape, type, input.shape, extent, slot);

    /// <summary>The map of an input that it suits.</summary>
    /// <param name="input">[..., in]</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[..., out]</returns>
    public Tensor Multiply(Tensor input, Tensor? bias) => Packed(input.shape).Multiply(input, bias);

    /// <summary>Lets the system take back the memory of what lies in a file.</summary>
    public void ReleasePages() => _packed?.ReleasePages();

    public void Dispose() => _packed?.Dispose();

    private PackedWeight Packed(long[] input)
    {
        lock (_gate)
        {
            if (_packed is not null)
                return _packed;
            using var plain = weight();
            _packed = PackedWeight.ForLinear(plain, input, slot);
            MappedFile.ReleasePages(plain);
            return _packed;
        }
    }
}
