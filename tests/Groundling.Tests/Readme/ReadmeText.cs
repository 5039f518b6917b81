using System.Text.RegularExpressions;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.Readme;

/// <summary>What a page of the documentation tells its reader to type.</summary>
/// <param name="Page">A file of the repository.</param>
internal sealed partial record ReadmeText(string Page)
{
    private readonly string _text = File.ReadAllText(Path.Combine(Shared.Root, Page)).ReplaceLineEndings("\n");

    /// <summary>The contents of its fences of one language.</summary>
    public IReadOnlyList<string> Fences(string language) =>
        [
            .. Fence()
                .Matches(_text)
                .Where(fence => fence.Groups["language"].Value == language)
                .Select(fence => fence.Groups["content"].Value),
        ];

    /// <summary>The lines of its shell fences, without comments, in words.</summary>
    public IReadOnlyList<string[]> Commands =>
        [
            .. Fences("sh")
                .SelectMany(fence => fence.Split('\n'))
                .Select(line => Comment().Replace(line, "").Trim())
                .Where(line => line.Length > 0)
                .Select(line => Word().Matches(line).Select(word => word.Value.Trim('"')).ToArray()),
        ];

    /// <summary>The rows of its table of commands: the command, and the options that its row names.</summary>
    public IReadOnlyList<(string Command, string[] Options)> CommandTable =>
        [
            .. Row()
                .Matches(_text)
                .Select(row => (row.Groups["command"].Value, Option().Matches(row.Value).Select(option => option.Value).ToArray())),
        ];

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<content>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("""("[^"]*"|[^\s"])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| `(?<command>[a-z][a-z-]*( [a-z]+)?)[^|]*\|.*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"--[a-z][a-z-]*")]
    private static partial Regex Option();
}
