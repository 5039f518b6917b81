using System.Text;

namespace Groundling.Cli;

/// <summary>A terminal that no text can steer: control characters but line ends and tabs are shown as replacement characters.</summary>
/// <param name="terminal">Where the rest goes.</param>
internal sealed class TerminalWriter(TextWriter terminal) : TextWriter
{
    /// <summary>The terminal itself, for what draws by control sequences of its own.</summary>
    public TextWriter Terminal => terminal;

    public override Encoding Encoding => terminal.Encoding;

    /// <summary>A stream's writer, made safe where the stream is a terminal; files and pipes get the bytes as they are.</summary>
    public static TextWriter Of(TextWriter stream, bool isRedirected) => isRedirected ? stream : new TerminalWriter(stream);

    public override void Write(char value) => terminal.Write(Shown(value));

    public override void Write(string? value) => terminal.Write(value is null ? null : string.Concat(value.Select(Shown)));

    public override void WriteLine(string? value) => terminal.WriteLine(value is null ? null : string.Concat(value.Select(Shown)));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Flush() => terminal.Flush();

    private static char Shown(char letter) => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t') ? '\uFFFD' : letter;
}
