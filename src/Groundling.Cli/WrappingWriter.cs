using System.Text;

namespace Groundling.Cli;

/// <summary>A terminal's messages: whole lines are parted between words instead of in the middle of one.</summary>
/// <param name="terminal">Where they go.</param>
/// <param name="width">The terminal's columns just now; null for a writer that is none.</param>
internal sealed class WrappingWriter(TextWriter terminal, Func<int?> width) : TextWriter
{
    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value) => terminal.Write(value);

    public override void Write(string? value) => terminal.Write(value);

    public override void Write(char[] buffer, int index, int count) => terminal.Write(buffer, index, count);

    public override void WriteLine(string? value)
    {
        if (value is null || width() is not { } columns || value.Length <= columns || value.Contains('\u001b', StringComparison.Ordinal))
        {
            terminal.WriteLine(value);
            return;
        }
        foreach (var line in value.Split('\n').SelectMany(line => WordWrap.Lines(line, columns)))
            terminal.WriteLine(line);
    }

    public override void Flush() => terminal.Flush();
}
