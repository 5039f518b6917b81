using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>A picture and a caption through the network.</summary>
internal sealed class PicturePass(StableDiffusion diffusion, GroundingModel model)
{
    private readonly PhraseEncoder _phrases = new(diffusion.Tokenizer, diffusion.Text);

    /// <summary>The part that knows the picture alone.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="size">The network's longer side; 0 keeps the picture's own.</param>
    /// <param name="cancellation">Looked at once.</param>
    /// <exception cref="InputException">The picture's own size is too large to be kept.</exception>
    public EncodedPicture Encode(Picture picture, int size, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        if (size == 0)
            RequireOwnSize(picture);
        var letterbox = Letterbox.Fit(picture.Width, picture.Height, size);
        var image = tensor(letterbox.ToNetwork(picture), [1, 3, letterbox.Height, letterbox.Width], device: CPU)
            .Sent(diffusion.Place.Device);
        using var pass = diffusion.Place.BeginPass();
        var latents = diffusion.Vae.Encode(image); // [1, 4, H/8, W/8]
        return new(letterbox, image.DetachFromDisposeScope(), latents.DetachFromDisposeScope());
    }

    /// <summary>The rest.</summary>
    public GroundingTrace Trace(EncodedPicture picture, Caption caption, bool keepHeads, CancellationToken cancellation)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        cancellation.ThrowIfCancellationRequested();
        using var pass = diffusion.Place.BeginPass();
        // Caption -> one state a phrase. Frozen.
        var states = _phrases.Encode(caption, cancellation); // [N, Ct]
        cancellation.ThrowIfCancellationRequested();
        // One UNet pass, in which every block says where each phrase is, and the trained parts where there are any.
        var (image, latents) = (picture.Image.alias(), picture.Latents.alias());
        var input = new GroundingInput(latents, states.Phrases.unsqueeze(0), states.NullPhrase.unsqueeze(0), null)
        {
            Cancellation = cancellation,
        };
        var (prompt, unet, decoder) = model.Trace(input, keepHeads); // 16 attention maps; 4 levels; [1, N, H/4, W/4]
        Tensor?[] kept =
        [
            image,
            latents,
            states.Words,
            states.NullPhrase,
            states.Phrases,
            unet.Prediction,
            .. unet.Features,
            decoder?.Masks,
            decoder?.Classes,
        ];
        foreach (var tensor in kept)
            tensor?.MoveToOuterDisposeScope();
        return new(picture.Letterbox, image, latents, states, prompt, unet, decoder);
    }

    private static void RequireOwnSize(Picture picture)
    {
        if (Math.Max(picture.Width, picture.Height) > GroundingOptions.LargestSize)
            throw new InputException(
                $"a picture of {picture.Width} x {picture.Height} pixels is too large for its own size "
                    + $"to be kept (size 0): {GroundingOptions.LargestSize} at most; give a size"
            );
    }
}
