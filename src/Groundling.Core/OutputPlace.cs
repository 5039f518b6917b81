namespace Groundling.Core;

/// <summary>Whether files can be written where they are asked for: to be known before the work, not after it.</summary>
public static class OutputPlace
{
    /// <summary>Refuses a place that cannot take the files; writes and makes nothing.</summary>
    /// <param name="folder">The folder of the files; it need not be there.</param>
    /// <param name="files">The files' names; the folders of names that stand there are in the way.</param>
    /// <exception cref="InputException">
    /// The name is empty, a file is where a folder is to be or a folder where a file is to be, or the folder cannot be written.
    /// </exception>
    public static void Require(string folder, params IEnumerable<string> files)
    {
        if (RequireFree(folder, files) is { } there)
            RequireWritable(there, folder);
    }

    /// <summary>Refuses a name that no file can have; writes and makes nothing.</summary>
    /// <param name="path">The file; what stands there is replaced, a pipe or a device gets the bytes.</param>
    /// <exception cref="InputException">It is a folder, or its folder cannot be written.</exception>
    public static void RequireFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new InputException($"{path} is a folder; name a file to write.");
        if (FileKind.IsSpecial(path))
            return;
        var place = File.Exists(path) ? RealPath.Of(path) : Path.GetFullPath(path);
        Require(Path.GetDirectoryName(place) ?? place);
    }

    /// <summary>The same without trying to write.</summary>
    /// <returns>The nearest folder that is there.</returns>
    internal static string? RequireFree(string folder, IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(files);
        if (folder.Length == 0)
            throw new InputException("The output folder's name is empty; name a folder.");
        var target = Path.GetFullPath(folder);
        string? there = target;
        while (there is not null && !Directory.Exists(there))
        {
            if (File.Exists(there))
                throw new InputException(
                    there == target
                        ? $"{folder} is a file where a folder is to be; move it away or choose another output folder."
                        : $"{folder} cannot be written: {there} is a file, not a folder; choose another output folder."
                );
            there = Path.GetDirectoryName(there);
        }
        if (files.FirstOrDefault(name => Directory.Exists(Path.Combine(target, name))) is { } taken)
            throw new InputException(
                $"{Path.Combine(folder, taken)} is a folder where a file is to be written; move it away or choose another output folder."
            );
        return there;
    }

    /// <summary>Makes a folder, with those above it, where it is not there.</summary>
    /// <exception cref="InputException">It cannot be made.</exception>
    public static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{folder} cannot be made: {FileFault.ReasonOf(e)}; choose another output folder.", e);
        }
    }

    /// <summary>
    /// Removes what dead processes left in a folder, and finishes the sets of files that they had begun to move in; who writes into the
    /// folder need not ask for it.
    /// </summary>
    public static void Clean(string folder) => Staging.Clean(folder);

    /// <summary>Rights are many (modes, lists, read-only mounts): a file that never gets a name elsewhere tells.</summary>
    private static void RequireWritable(string there, string folder)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(there, $".groundling-{Guid.NewGuid():N}"),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 0,
                FileOptions.DeleteOnClose
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder} cannot be written: {FileFault.ReasonOf(e)}; choose another output folder.", e);
        }
    }
}
