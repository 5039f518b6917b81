using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A frozen convolution, with its weight in the form that suits an image: Winograd's, or oneDNN's.</summary>
/// <param name="shape">The weight's: [out, in, k, k].</param>
/// <param name="type">The weight's: float32 or bfloat16.</param>
/// <param name="weight">Makes the weight, when a form of it is made.</param>
/// <param name="stride">Step between the kernel's places.</param>
/// <param name="padding">Zeros around the image.</param>
/// <param name="extent">How far it may go.</param>
/// <param name="slot">Where forms are kept between processes; null for nowhere.</param>
internal sealed class RearrangedConvolution(
    long[] shape,
    ScalarType type,
    Func<Tensor> weight,
    long stride,
    long padding,
    Rearrangement extent,
    PackSlot? slot
) : IRearrangedWeight
{
    private readonly Lock _gate = new();
    private WinogradWeight? _winograd;
    private PackedWeight? _packed;

    /// <summary>
    /// Whether it has a form for an image. Its size alone decides, so that a picture's result does not depend on those before it.
    /// </summary>
    /// <param name="image">[B, in, h, w]</param>
    public bool Suits(Tensor image) => TakesWinograd(image.shape) || PackedWeight.Pays(shape, type, image.shape, extent, slot);

    /// <summary>The convolution of an image that it suits.</summary>
    /// <param name="image">[B, in, h, w]</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[B, out, h', w'], channels last.</returns>
    public Tensor Multiply(Tensor image, Tensor? bias) =>
        TakesWinograd(image.shape) ? Winograd().Convolve(image, bias) : Packed(image.shape).Convolve(image, bias, stride, padding);

    /// <summary>Lets the system take back the memory of what lies in a file.</summary>
    public void ReleasePages()
    {
        _winograd?.ReleasePages();
        _packed?.ReleasePages();
    }

    public void Dispose()
    {
        _winograd?.Dispose();
        _packed?.Dispose();
    }

    private bool TakesWinograd(long[] image) =>
        type == ScalarType.Float32 && stride == 1 && padding == 1 && WinogradWeight.Pays(shape, image, WinogradExtent());

    /// <summary>For a single pass, too, it may go all the way where that was done already.</summary>
    private Rearrangement WinogradExtent() =>
        extent == Rearrangement.OnePass && PackSlot.Had(slot, WinogradWeight.Kind) ? Rearrangement.ManyPasses : extent;

    private WinogradWeight Winograd()
    {
        lock (_gate)
            return _winograd ??= Made(plain => new WinogradWeight(plain, slot));
    }

    private PackedWeight Packed(long[] image)
    {
        lock (_gate)
            return _packed ??= Made(plain => PackedWeight.ForConvolution(plain, stride, padding, image, slot));
    }

    private T Made<T>(Func<Tensor, T> make)
    {
        using var scope = NewDisposeScope();
        var plain = weight();
        var form = make(plain);
        MappedFile.ReleasePages(plain);
        return form;
    }
}
