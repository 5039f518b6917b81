using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// The weights from which a model is trained: every residual starts at zero, so that at first each block hands on what it was given.
/// </summary>
internal static class FirstWeights
{
    private const double Noise = 0.3; // of the usual first values, around the identity
    private static readonly string[] Between = ["samplers", "conv_shortcut", "quant_conv"];

    /// <summary>
    /// First values of an autoencoder: what lies between its blocks is near the identity, too, so it starts as an almost linear map of
    /// patches and only has to learn what is better than one.
    /// </summary>
    public static Vae Initialize(Vae vae, Generator generator)
    {
        vae.Initialize(generator);
        Zero(vae, "conv2", "to_out.0");
        using var frozen = no_grad();
        foreach (var (name, tensor) in vae.NamedTensors())
            if (tensor.dim() == 4 && Between.Any(part => name.Contains(part, StringComparison.Ordinal)))
                AddIdentity(tensor.TimesInPlace(Noise));
        return vae;
    }

    /// <summary>First values of a UNet, whose prediction starts at zero (Ho et al. 2020).</summary>
    public static UNet Initialize(UNet unet, Generator generator)
    {
        unet.Initialize(generator);
        Zero(unet, "conv2", "proj_out", "conv_out");
        return unet;
    }

    private static void Zero(Module module, params string[] layers)
    {
        using var frozen = no_grad();
        foreach (var (name, tensor) in module.NamedTensors())
            if (layers.Any(layer => $".{name}".Contains($".{layer}.", StringComparison.Ordinal)))
                tensor.zero_();
    }

    /// <summary>Adds the kernel that hands on channels; where there are more on one side, they repeat.</summary>
    private static void AddIdentity(Tensor kernel) // [out, in, k, k]
    {
        var (outputs, inputs, middle) = (kernel.shape[0], kernel.shape[1], kernel.shape[2] / 2);
        for (var channel = 0L; channel < Math.Max(outputs, inputs); channel++)
        {
            using var value = kernel[channel % outputs, channel % inputs, middle, middle];
            value.PlusInPlace(1);
        }
    }
}
