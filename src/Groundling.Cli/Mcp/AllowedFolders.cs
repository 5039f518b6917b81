using Groundling.Core;

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
                        ? RealPath.Of(folder)
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
                    RealPath.IsBelow(place, folder)
                    && Path.Exists(place)
                    && RealPath.Of(place) is var real
                    && _folders.Exists(allowed => RealPath.IsBelow(real, allowed))
                )
                    return real;
            }
        throw new InputException(
            _folders.Count == 0
                ? $"{path}: no folder may be read; whoever runs the server can name some by --allow"
                : $"{path} is not there, in {string.Join(", ", _folders)}"
        );
    }
}
