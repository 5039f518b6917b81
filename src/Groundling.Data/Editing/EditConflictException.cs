namespace Groundling.Data.Editing;

/// <summary>An edit was made for a state that is no more, as another editor has changed it: nothing was done.</summary>
public sealed class EditConflictException : InputException
{
    /// <summary>A fault without further detail.</summary>
    public EditConflictException()
        : this("the picture was changed by another editor meanwhile; load it again") { }

    /// <param name="message">What, and what to do.</param>
    public EditConflictException(string message)
        : base(message) { }

    /// <param name="message">What, and what to do.</param>
    /// <param name="innerException">What the system reported.</param>
    public EditConflictException(string message, Exception innerException)
        : base(message, innerException) { }
}
