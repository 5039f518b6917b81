using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;

namespace Groundling;

/// <summary>Opens the frozen model and the trained parts, part by part.</summary>
internal static class PipelineOpening
{
    private const int FrozenParts = 3;

    /// <returns>
    /// The frozen model, the method's model on it, and the folder of the trained parts, null where there are none; the caller owns both
    /// models.
    /// </returns>
    public static (StableDiffusion Diffusion, GroundingModel Model, string? Trained) Open(
        GroundingPipelineOptions options,
        ComputeDevice place,
        IProgress<OpeningProgress>? progress,
        CancellationToken cancellation
    )
    {
        var trained = Trained(options);
        // A wrong path shows before the seconds that a large model takes.
        if (trained is not null)
            _ = GroundingFolder.Files(trained);
        place = QuantizedModel.PlaceFor(options.ModelFolder, place);
        var (done, total) = (0, trained is null ? FrozenParts : FrozenParts + 1);
        var diffusion = StableDiffusion.Open(
            options.ModelFolder,
            options.Rearrangement,
            Begin,
            options.Vae,
            options.Tokenizer,
            place,
            options.PackCache
        );
        try
        {
            if (trained is not null)
                Begin(GroundingFolder.Name);
            var model = trained is null ? Untrained(diffusion) : GroundingFolder.Load(trained, diffusion.UNet, diffusion.Vae);
            if (options.ColourWalks > 0 && !model.Config.HasDecoder)
                throw new InputException("steps along colours are for a trained mask decoder's masks, and none is opened; leave them out");
            if (!place.IsCpu)
                model.to(place.Device);
            progress?.Report(new("", total, total));
            return (diffusion, model.Freeze(place.IsCpu ? options.Rearrangement : Rearrangement.None), trained);
        }
        catch
        {
            diffusion.Dispose();
            throw;
        }

        void Begin(string part)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new(part, done++, total));
        }
    }

    /// <summary>A model of static prompting, without weights of its own.</summary>
    public static GroundingModel Untrained(StableDiffusion diffusion) =>
        new GroundingModel(diffusion.UNet, diffusion.Vae, new() { Parts = GroundingParts.Static }).to(diffusion.Place.Device);

    private static string? Trained(GroundingPipelineOptions options)
    {
        if (options.TrainedParts == TrainedParts.None)
            return null;
        return options.TrainedParts.Folder ?? (GroundingFolder.Exists(options.ModelFolder) ? options.ModelFolder : null);
    }
}
