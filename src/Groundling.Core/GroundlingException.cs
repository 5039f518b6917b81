using Groundling.Core;

namespace Groundling;

/// <summary>
/// A fault that whoever runs Groundling can mend; the root of its documented exceptions. The message is one line: what, where, which rule,
/// what to do.
/// </summary>
/// <remarks>
/// The kinds below it: <see cref="InputException"/>, what was given (a picture, a caption, an option, a file); <c>ModelException</c>, a
/// model folder;
/// <c>WeightsException</c>, a weight file; <c>EngineException</c>, no libtorch. Besides these, methods throw what .NET's own do:
/// <see cref="ArgumentException"/>
/// for a caller's mistake, <see cref="IOException"/> for a disk, <see cref="OperationCanceledException"/>. The command line prints the
/// message alone and ends with exit code 2.
/// </remarks>
public abstract class GroundlingException : Exception
{
    /// <summary>A fault without further detail.</summary>
    protected GroundlingException() { }

    /// <param name="message">What, where, which rule, what to do; line ends in what it quotes become blanks.</param>
    protected GroundlingException(string message)
        : base(PlainText.InOneLine(message)) { }

    /// <param name="message">What, where, which rule, what to do; line ends in what it quotes become blanks.</param>
    /// <param name="innerException">What the system reported.</param>
    protected GroundlingException(string message, Exception innerException)
        : base(PlainText.InOneLine(message), innerException) { }

    /// <param name="message">What, where, which rule, what to do.</param>
    /// <param name="details">Lines below it, indented: where a list says more than its length.</param>
    protected GroundlingException(string message, IEnumerable<string> details)
        : base(string.Join("\n  ", details.Prepend(message).Select(PlainText.InOneLine))) { }
}
