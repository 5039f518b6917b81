namespace Groundling.Core;

/// <summary>
/// Names, beside a fault's message, of the parameters that are wrong or would mend it: a program that calls them otherwise can say how.
/// </summary>
public static class FaultParameters
{
    private const string Key = "Groundling.Parameters";

    /// <summary>The fault, with names of parameters as C# has them: "maxSize", or "resume" and "out".</summary>
    public static T About<T>(this T fault, params string[] parameters)
        where T : Exception
    {
        fault.Data[Key] = parameters;
        return fault;
    }

    /// <summary>The parameters that a fault, or one that it came from, is about.</summary>
    public static IReadOnlyList<string> Of(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
            if (at.Data[Key] is string[] parameters)
                return parameters;
        return [];
    }
}
