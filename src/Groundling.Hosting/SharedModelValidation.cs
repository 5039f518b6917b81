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
            Require("model", opening.ModelFolder);
            Require("autoencoder", opening.Vae);
            Require("tokenizer", opening.Tokenizer);
            Require("folder of trained parts", opening.TrainedParts.Folder);
            return ValidateOptionsResult.Success;
        }
        catch (InputException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }

    private static void Require(string what, string? path)
    {
        if (path is not null && !Path.Exists(path))
            throw new InputException($"Groundling's {what} '{path}' does not exist; give its path");
    }
}
