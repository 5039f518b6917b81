using System.Text.RegularExpressions;

namespace Groundling.Core;

/// <summary>Why the system refused a file or a folder, in words that are the same on every system, without its path.</summary>
public static partial class FileFault
{
    private const int InvalidName = unchecked((int)0x8007007B),
        InvalidFolder = unchecked((int)0x8007010B),
        OpenElsewhere = unchecked((int)0x80070020),
        LockedElsewhere = unchecked((int)0x80070021),
        DiskFull = unchecked((int)0x80070070);

    /// <summary>The reason, to stand after a path and "cannot be written: ".</summary>
    /// <param name="fault">What the system threw.</param>
    public static string ReasonOf(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault switch
        {
            DirectoryNotFoundException => "there is no such folder",
            FileNotFoundException => "there is no such file",
            PathTooLongException => "the name is too long for this system",
            UnauthorizedAccessException => "access is denied",
            ArgumentException => "the name holds a character that no file's may",
            { HResult: InvalidName or InvalidFolder } =>
                "the name is none that Windows takes: no < > : \" | ? * in it, and no blank or full stop at its end",
            { HResult: OpenElsewhere or LockedElsewhere } => "another program has it open",
            { HResult: DiskFull } => "there is no space left on the disk",
            _ when AlreadyThere().IsMatch(fault.Message) => "a file of that name is in the way of a folder",
            _ => PlainText.InOneLine(QuotedPath().Replace(fault.Message, "").TrimEnd('.', ' ')),
        };
    }

    /// <summary>The whole fault in one line, which begins with the path where the system named one.</summary>
    /// <param name="fault">What the system threw.</param>
    public static string LineOf(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var (named, reason) = (Named(fault.Message), ReasonOf(fault));
        var path = named.Groups["path"].Value;
        return named.Success && !reason.Contains(path, StringComparison.Ordinal)
            ? PlainText.InOneLine($"{path} cannot be read or written: {reason}")
            : PlainText.InOneLine(fault.Message);
    }

    private static Match Named(string message) =>
        QuotedPath().Match(message) is { Success: true } behind ? behind : PathWithin().Match(message);

    /// <summary>.NET's own words put the path behind the reason.</summary>
    [GeneratedRegex(@"\s*:\s*'(?<path>.*)'\.?$", RegexOptions.Singleline)]
    private static partial Regex QuotedPath();

    /// <summary>Or into a sentence.</summary>
    [GeneratedRegex(
        "^(Access to the path|Could not find a part of the path|Could not find file|The file) '(?<path>.*)'( is denied| already exists)?\\.?$",
        RegexOptions.Singleline
    )]
    private static partial Regex PathWithin();

    [GeneratedRegex(
        "^(The file '.*'|Cannot create '.*' because a file or directory with the same name) already exists",
        RegexOptions.Singleline
    )]
    private static partial Regex AlreadyThere();
}
