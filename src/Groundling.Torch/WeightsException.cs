namespace Groundling.Torch;

/// <summary>A weight file that cannot be used; the message says which file, which rule, and what to do.</summary>
public sealed class WeightsException : GroundlingException
{
    /// <summary>Creates the error with its whole text.</summary>
    public WeightsException(string message)
        : base(message) { }

    /// <summary>Creates the error with a list of what differs below its text.</summary>
    public WeightsException(string message, IEnumerable<string> details)
        : base(message, details) { }

    /// <summary>Creates the error with its whole text and the fault below it.</summary>
    public WeightsException(string message, Exception inner)
        : base(message, inner) { }
}
