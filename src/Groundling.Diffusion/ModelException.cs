namespace Groundling.Diffusion;

/// <summary>A model folder that cannot be used; the message says what, where, which rule, and what to do.</summary>
public sealed class ModelException : GroundlingException
{
    /// <summary>Creates the error with its whole text.</summary>
    public ModelException(string message)
        : base(message) { }

    /// <summary>Creates the error with its whole text and the fault below it.</summary>
    public ModelException(string message, Exception inner)
        : base(message, inner) { }
}
