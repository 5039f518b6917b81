namespace Groundling.Core;

/// <summary>Folders that appear whole or not at all: made beside their place, handed to the disk, then renamed.</summary>
public static class AtomicFolder
{
    /// <summary>Makes a folder.</summary>
    /// <param name="path">
    /// Where: nothing, or an empty folder; where a link leads to one, that one is replaced. The folder where this process stands is filled
    /// instead: a kill meanwhile is made good by the next process that writes into it.
    /// </param>
    /// <param name="write">Writes all files into the folder it is given, which takes its name when it is done.</param>
    /// <exception cref="IOException">
    /// The disk is full or does not take the files, the folder is no longer empty, or the folder around it cannot be written.
    /// </exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        path = RealPath.Of(path);
        var around = Path.GetDirectoryName(path) ?? throw new IOException($"{path} is the root of a disk; name a folder");
        if (path == RealPath.Of(Environment.CurrentDirectory))
        {
            Fill(path, write); // who stands in a folder would stand nowhere when it is replaced
            return;
        }
        var (made, held) = Staging.NewFolder(around);
        using (held)
        {
            try
            {
                write(made);
                DiskSync.Tree(made);
                if (Directory.Exists(path))
                {
                    if (!OperatingSystem.IsWindows())
                        File.SetUnixFileMode(made, File.GetUnixFileMode(path));
                    Directory.Delete(path);
                }
                Directory.Move(made, path);
            }
            catch
            {
                Staging.Remove(made);
                throw;
            }
            DiskSync.Folder(around);
        }
    }

    private static void Fill(string path, Action<string> write)
    {
        var (made, held) = Staging.NewFolder(path);
        using (held)
        {
            string set;
            try
            {
                write(made);
                DiskSync.Tree(made);
                if (Directory.EnumerateFileSystemEntries(path).Any(entry => !Path.GetFileName(entry).StartsWith('.')))
                    throw new IOException($"{path} cannot be written: it holds something by now");
                set = Staging.Commit(made);
            }
            catch
            {
                Staging.Remove(made);
                throw;
            }
            DiskSync.Folder(path);
            Staging.MoveIn(set, path);
            DiskSync.Folder(path);
        }
    }
}
