using Microsoft.Extensions.Options;

namespace Groundling.Hosting;

/// <summary>Lets a host with unusable options end at its start, with one sentence that says which.</summary>
internal sealed class SharedModelValidation : IValidateOptions<SharedModelOptions>
{
    public ValidateOptionsResult Validate(string? name, SharedModelOptions options)
    {
        try
        {
            var opening = options.ToPipelineOptions();
            RequireFolder("model folder", opening.ModelFolder);
            if (opening.TrainedParts.Folder is { } trained) RequireFolder("folder of trained parts", trained);
            return ValidateOptionsResult.Success;
        }
        catch (InputException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }

    private static void RequireFolder(string what, string folder)
    {
        if (!Directory.Exists(folder)) throw new InputException($"Groundling's {what} '{folder}' does not exist; give its path");
    }
}
