using Microsoft.Extensions.Options;

namespace Groundling.Web;

/// <summary>Lets an application with unusable options end at its start, with one sentence that says which.</summary>
internal sealed class ServiceOptionsValidation : IValidateOptions<ServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceOptions options)
    {
        try
        {
            options.Check();
            return ValidateOptionsResult.Success;
        }
        catch (InputException e)
        {
            return ValidateOptionsResult.Fail($"Groundling's endpoints cannot be set up: {e.Message}");
        }
    }
}
