namespace Groundling;

/// <summary>
/// A fault in what the user gave: a file, a caption, an option. The message is one line: what, where, which rule, what to do.
/// </summary>
/// <remarks>The command line prints the message alone and ends with exit code 2.</remarks>
public class InputException : GroundlingException
{
    /// <summary>A fault without further detail.</summary>
    public InputException()
        : base("The input cannot be used.") { }

    /// <param name="message">One line: what, where, which rule, what to do.</param>
    public InputException(string message)
        : base(message) { }

    /// <param name="message">One line: what, where, which rule, what to do.</param>
    /// <param name="innerException">What the system reported.</param>
    public InputException(string message, Exception innerException)
        : base(message, innerException) { }
}
