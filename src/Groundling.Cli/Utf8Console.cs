using System.Text;

namespace Groundling.Cli;

/// <summary>
/// Standard input, output and error in UTF-8 for as long as this lives, and messages on a terminal in whole words. Windows has a code page
/// for the streams, Unix what LANG says, piped or not: in either JSON would be none, and letters would be lost.
/// </summary>
internal sealed class Utf8Console : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Encoding _input = Console.InputEncoding,
        _output = Console.OutputEncoding;

    public Utf8Console()
    {
        Set(Utf8, Utf8);
        Output = Console.Out;
        Console.SetOut(TextWriter.Null);
        if (!Console.IsErrorRedirected)
            Console.SetError(new WrappingWriter(Console.Error, () => Terminal.Columns));
    }

    /// <summary>
    /// Where results go. The runtime's own standard output leads nowhere: what libraries tell it is no result (TorchSharp names every place
    /// without a libtorch there).
    /// </summary>
    public static TextWriter Output { get; private set; } = TextWriter.Null;

    /// <summary>Gives the terminal back as it was: on Windows its code page outlives the program.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
            Set(_input, _output);
    }

    private static void Set(Encoding input, Encoding output)
    {
        try
        {
            Console.InputEncoding = input;
            Console.OutputEncoding = output;
        }
        catch (IOException)
        {
            // Without a console there is no code page; the streams are set below all the same.
        }
    }
}
