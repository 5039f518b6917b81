namespace Groundling.Data;

/// <summary>A fault of the user's input: what is wrong, which value, and what to do about it.</summary>
public class InputException : Exception
{
    /// <param name="message">What is wrong, which value, which rule, what to do.</param>
    public InputException(string message) : base(message) { }

    /// <param name="message">What is wrong, which value, which rule, what to do.</param>
    /// <param name="innerException">What was caught.</param>
    public InputException(string message, Exception innerException) : base(message, innerException) { }
}
