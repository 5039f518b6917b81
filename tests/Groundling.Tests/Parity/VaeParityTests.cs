using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Parity;

/// <summary>The autoencoder against the reference implementation's values.</summary>
public class VaeParityTests
{
    private const double Tolerance = 1e-4;

    [Fact]
    public void Moments_latents_decoder_levels_and_reconstruction_match()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var values = Fixture.Tensors("golden/vae-tiny/io.safetensors");
        using var vae = new Vae(VaeConfig.Read(Fixture.Path("golden/vae-tiny/config.json")));
        using var weights = Fixture.Weights("golden/vae-tiny/diffusion_pytorch_model.safetensors");
        vae.LoadExactly(weights, Vae.Keys);
        vae.Freeze();

        TensorAssert.Close(values["out.moments"], vae.Moments(values["in.sample"]), Tolerance, "moments");
        TensorAssert.Close(values["out.mean"], vae.Moments(values["in.sample"]).narrow(1, 0, 4), Tolerance, "mean");
        var latents = vae.Encode(values["in.sample"]);
        TensorAssert.Close(values["out.latent"], latents, Tolerance, "latent");
        TensorAssert.Close(values["out.reconstruction"], vae.Decode(latents), Tolerance, "reconstruction");
        var levels = vae.DecoderLevels(latents, 4);
        for (var level = 0; level < 4; level++)
            TensorAssert.Close(values[$"out.decoder.up_blocks.{level}"], levels[level], Tolerance, $"up block {level}");
    }
}
