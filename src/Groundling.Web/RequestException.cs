using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>A request that cannot be answered, and what the client is told.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="detail">What is wrong and what to do, in one sentence.</param>
/// <param name="parameter">The field at fault, if it is one.</param>
internal sealed class RequestException(int status, string detail, string? parameter = null) : Exception(detail)
{
    public int Status => status;

    public string? Parameter => parameter;

    /// <summary>Seconds after which to try again, if that is worth it.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Does some work on one field, so that its error names the field.</summary>
    public static T About<T>(string parameter, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InputException e)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, e.Message, parameter);
        }
    }
}
