namespace Groundling.Core;

/// <summary>Where files and folders really lie, whatever links lead to them.</summary>
public static class RealPath
{
    private const int MostLinks = 40; // as Linux allows

    /// <summary>The full path with every link on its way followed; what is not there stays as it is.</summary>
    /// <param name="path">A file or folder.</param>
    /// <exception cref="IOException">Links lead in circles.</exception>
    public static string Of(string path) => Of(path, MostLinks);

    private static string Of(string path, int links)
    {
        if (links == 0)
            throw new IOException($"{path} cannot be read or written: links lead in circles");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        var place = Path.Combine(Of(parent, links), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(place) ? new DirectoryInfo(place) : new FileInfo(place);
        return info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? Of(target.FullName, links - 1)
            : place;
    }

    /// <summary>Whether a path is a folder, or lies in it or below.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="folder">Another.</param>
    public static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
