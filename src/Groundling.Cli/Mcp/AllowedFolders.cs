namespace Groundling.Cli.Mcp;

/// <summary>The folders that were named at the start, and nothing else: what a client names is opened only where it lies in one.</summary>
internal sealed class AllowedFolders
{
    private readonly List<string> _folders;

    /// <param name="folders">Folders that exist.</param>
    /// <exception cref="InputException">One does not.</exception>
    public AllowedFolders(IEnumerable<string> folders) =>
        _folders = [
            .. folders
                .Select(folder =>
                    Directory.Exists(folder)
                        ? Real(folder)
                        : throw new InputException($"--allow {folder} is not a folder; name one that clients may read")
                )
                .Distinct(),
        ];

    /// <summary>Their full paths.</summary>
    public IReadOnlyList<string> All => _folders;

    /// <summary>The full path of a file or folder, links followed; names without a root are looked for in each folder in turn.</summary>
    /// <exception cref="InputException">It lies in no allowed folder, or does not exist; both sound alike.</exception>
    public string Find(string path)
    {
        if (path.Length > 0 && !path.Contains('\0'))
            foreach (var folder in _folders)
            {
                var place = Path.GetFullPath(path, folder);
                if (
                    IsBelow(place, folder)
                    && Path.Exists(place)
                    && Real(place) is var real
                    && _folders.Exists(allowed => IsBelow(real, allowed))
                )
                    return real;
            }
        throw new InputException(
            _folders.Count == 0
                ? $"{path}: no folder may be read; whoever runs the server can name some by --allow"
                : $"{path} is not there, in {string.Join(", ", _folders)}"
        );
    }

    private static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every link on its way followed.</summary>
    private static string Real(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        var place = Path.Combine(Real(parent), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(place) ? new DirectoryInfo(place) : new FileInfo(place);
        return info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : place;
    }
}
