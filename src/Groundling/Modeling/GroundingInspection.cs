using Groundling.Diffusion;
using Groundling.Torch;

namespace Groundling.Modeling;

/// <summary>What a folder of trained parts holds, and whether it fits a frozen model.</summary>
public static class GroundingInspection
{
    /// <summary>
    /// Inspects trained parts; reads their weights once to find values that are not numbers. The frozen model's weights are not read.
    /// </summary>
    /// <param name="folder">The folder that holds <c>grounding</c>, or that folder itself.</param>
    /// <param name="frozen">The frozen model's folder, whose configs can be read.</param>
    /// <exception cref="InputException">There are no trained parts in the folder.</exception>
    public static PartInspection Inspect(string folder, string frozen)
    {
        var (configPath, weightsPath) = GroundingFolder.Files(folder);
        var model = ModelSource.Open(frozen);
        UNet? unet = null;
        Vae? vae = null;
        try
        {
            return ModelInspection.Part(
                GroundingFolder.Name,
                () => WeightSource.Open(weightsPath),
                () => Read(configPath),
                config =>
                {
                    unet = new(model.UNetConfig());
                    vae = new(model.VaeConfig());
                    return new GroundingModel(unet, vae, config);
                },
                KeyMap.Identity,
                config => null,
                config =>
                    $"{MethodNames.Of(config.Parts, trained: true, config.ColourWalks)}, width {config.Width}, {config.Classes} classes"
            );
        }
        finally
        {
            unet?.Dispose();
            vae?.Dispose();
        }
    }

    private static GroundingConfig Read(string path)
    {
        try
        {
            return GroundingConfig.Read(path);
        }
        catch (InputException e)
        {
            throw new ModelException(e.Message, e);
        }
    }
}
