using System.Text;

namespace Groundling.Core;

/// <summary>Texts that people wrote: read as UTF-8 or refused, and quoted in one line whatever they hold.</summary>
public static class PlainText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A file's text; a mark of UTF-8 at its beginning is left out.</summary>
    /// <exception cref="InputException">The file cannot be read, or is not UTF-8.</exception>
    public static string Read(string path)
    {
        if (Directory.Exists(path))
            throw new InputException($"{path}: is a folder; name a file");
        try
        {
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }

    /// <summary>The text of a file's bytes.</summary>
    /// <param name="bytes">All of them.</param>
    /// <param name="name">What to call the file in the message.</param>
    /// <exception cref="InputException">They are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{name}: is not UTF-8 text (byte {e.Index} of it begins no character); save it as UTF-8", e);
        }
    }

    /// <summary>A text in one line: every line end and other control character becomes a blank.</summary>
    public static string InOneLine(string text) =>
        text.Any(Breaks)
            ? string.Concat(text.Replace("\r\n", " ", StringComparison.Ordinal).Select(letter => Breaks(letter) ? ' ' : letter))
            : text;

    /// <summary>The beginning of a text, in one line, to quote in a message.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="most">The most characters of it.</param>
    public static string Excerpt(string text, int most = 60)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= most)
            return InOneLine(text);
        var end = char.IsHighSurrogate(text[most - 4]) ? most - 4 : most - 3;
        return $"{InOneLine(text[..end]).TrimEnd()}...";
    }

    private static bool Breaks(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';
}
