namespace Groundling.Core;

/// <summary>Where files and folders really lie, whatever links lead to them.</summary>
public static class RealPath
{
    /// <summary>The full path with every link on its way followed; what is not there stays as it is.</summary>
    /// <param name="path">A file or folder.</param>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        var place = Path.Combine(Of(parent), Path.GetFileName(full));
        FileSystemInfo info = Directory.Exists(place) ? new DirectoryInfo(place) : new FileInfo(place);
        return info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Of(target.FullName) : place;
    }

    /// <summary>Whether a path is a folder, or lies in it or below.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="folder">Another.</param>
    public static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
