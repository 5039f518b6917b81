namespace Groundling.Hub;

/// <summary>
/// The hub cannot give what was asked for, or the cache cannot take it. The message is one line: what, where, which rule, what to do.
/// </summary>
public sealed class HubException : GroundlingException
{
    /// <summary>A fault without further detail.</summary>
    public HubException()
        : base("The hub cannot be used.") { }

    /// <param name="message">One line: what, where, which rule, what to do.</param>
    public HubException(string message)
        : base(message) { }

    /// <param name="message">One line: what, where, which rule, what to do.</param>
    /// <param name="innerException">What the system reported.</param>
    public HubException(string message, Exception innerException)
        : base(message, innerException) { }
}
