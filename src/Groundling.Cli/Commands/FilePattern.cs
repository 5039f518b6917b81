using System.IO.Enumeration;

namespace Groundling.Cli.Commands;

/// <summary>
/// Patterns of files, <c>photos/*.jpg</c> or <c>**/IMG_????.png</c>: shells on Unix expand them unless they are quoted, those of Windows
/// never do.
/// </summary>
internal static class FilePattern
{
    /// <summary>Whether a path has a wildcard.</summary>
    public static bool IsOne(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>The files that a pattern names, in the order of their paths.</summary>
    public static IEnumerable<string> Find(string pattern)
    {
        var root = Path.GetPathRoot(pattern) ?? "";
        char[] separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];
        var parts = pattern[root.Length..].Split(separators, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [root];
        foreach (var part in parts[..^1])
            folders =
                part == "**" ? folders.SelectMany(WithAllBelow)
                : IsOne(part) ? folders.SelectMany(folder => Matching(Directory.EnumerateDirectories(Named(folder)), part, folder))
                : folders.Select(folder => Path.Combine(folder, part)).Where(Directory.Exists);
        return folders
            .SelectMany(folder => Matching(Directory.EnumerateFiles(Named(folder)), parts[^1], folder))
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static string Named(string folder) => folder.Length == 0 ? "." : folder;

    private static IEnumerable<string> WithAllBelow(string folder) =>
        Directory
            .EnumerateDirectories(Named(folder))
            .Where(below => !Path.GetFileName(below).StartsWith('.'))
            .SelectMany(below => WithAllBelow(Path.Combine(folder, Path.GetFileName(below))))
            .Prepend(folder);

    private static IEnumerable<string> Matching(IEnumerable<string> paths, string pattern, string folder) =>
        paths
            .Select(path => Path.GetFileName(path))
            .Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: OperatingSystem.IsWindows()))
            .Select(name => Path.Combine(folder, name));
}
