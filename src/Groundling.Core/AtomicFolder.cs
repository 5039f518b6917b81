namespace Groundling.Core;

/// <summary>Folders that appear whole or not at all: made beside their place, handed to the disk, then renamed.</summary>
public static class AtomicFolder
{
    /// <summary>Makes a folder.</summary>
    /// <param name="path">Where: nothing, or an empty folder; where a link leads to one, that one is filled.</param>
    /// <param name="write">Writes all files into the folder it is given, which takes its name when it is done.</param>
    /// <exception cref="IOException">The disk is full or does not take the files, or the folder around it cannot be written.</exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        path = RealPath.Of(path);
        var around = Path.GetDirectoryName(path) ?? throw new IOException($"{path} is the root of a disk; name a folder");
        var (made, held) = Staging.NewFolder(around);
        using (held)
        {
            try
            {
                write(made);
                DiskSync.Tree(made);
                if (path == RealPath.Of(Directory.GetCurrentDirectory()))
                    Fill(path, made); // who stands in a folder would stand nowhere when it is replaced
                else
                {
                    if (Directory.Exists(path))
                        Directory.Delete(path);
                    Directory.Move(made, path);
                }
            }
            catch
            {
                Staging.Remove(made);
                throw;
            }
            DiskSync.Folder(around);
        }
    }

    private static void Fill(string path, string made)
    {
        foreach (var entry in new DirectoryInfo(made).GetFileSystemInfos())
            if (entry is DirectoryInfo folder)
                folder.MoveTo(Path.Combine(path, folder.Name));
            else
                ((FileInfo)entry).MoveTo(Path.Combine(path, entry.Name));
        Directory.Delete(made);
        DiskSync.Folder(path);
    }
}
