using System.Text;

namespace Groundling.Core;

/// <summary>Files that appear whole or not at all: written beside their place, handed to the disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file through <paramref name="write"/>; on any fault before the renaming the old file stays, the new one goes. Who could not
    /// read an old file cannot read the new one. Where a link leads to a file, that one is written; a pipe or a device gets the bytes when
    /// all of them are made.
    /// </summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="write">Writes all of it.</param>
    /// <param name="keep">
    /// Whether the disk has the file and its name when this returns. False for what can be made again and knows when it is damaged.
    /// </param>
    /// <exception cref="IOException">
    /// The disk is full or does not take the file, or the folder cannot be written; the message names the file.
    /// </exception>
    public static void Write(string path, Action<Stream> write, bool keep = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        if (path.Length == 0)
            throw new IOException("the name of the file to write is empty; name a file");
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder; name a file to write");
        string? made = null;
        try
        {
            if (FileKind.IsSpecial(path))
            {
                Pass(path, write);
                return;
            }
            var earlier = File.Exists(path);
            var place = earlier ? RealPath.Of(path) : Path.GetFullPath(path);
            var folder = Path.GetDirectoryName(place)!;
            using var file = Staging.NewFile(folder);
            made = file.Name;
            if (earlier)
                FileKind.Inherit(file, place);
            write(file);
            if (keep)
                DiskSync.File(file);
            else
                file.Flush();
            Rename(made, place); // while it is held: no other takes it for the remains of a dead process
            made = null;
            if (keep)
                DiskSync.Folder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"{path} cannot be written: {FileFault.ReasonOf(e)}", e);
        }
        finally
        {
            if (made is not null)
                Staging.Remove(made);
        }
    }

    private static void Pass(string path, Action<Stream> write)
    {
        using var whole = Temporary(Path.GetTempPath());
        write(whole);
        whole.Position = 0;
        using var target = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        whole.CopyTo(target);
    }

    /// <summary>Gives a file another name, which one before it may have; that one goes.</summary>
    /// <remarks>
    /// Windows replaces no file whose bytes are mapped, as an open model's are, but lets it have another name: then there is none of this
    /// name for an instant, and what stood there goes when it is no longer in use and something is written into its folder.
    /// </remarks>
    /// <exception cref="IOException">The folder cannot be written; both files are as they were.</exception>
    /// <exception cref="UnauthorizedAccessException">Nobody may do this here; both files are as they were.</exception>
    public static void Rename(string path, string newPath)
    {
        try
        {
            File.Move(path, newPath, overwrite: true);
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && File.Exists(newPath))
        {
            var earlier = Staging.NewNameBeside(newPath);
            File.Move(newPath, earlier);
            try
            {
                File.Move(path, newPath);
            }
            catch
            {
                File.Move(earlier, newPath);
                throw;
            }
            Staging.Remove(earlier);
        }
    }

    /// <summary>Writes a text in UTF-8.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="text">All of it.</param>
    /// <param name="keep">As in <see cref="Write"/>.</param>
    /// <exception cref="IOException">As in <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text, bool keep = true) =>
        Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)), keep);

    /// <summary>A file for reading and writing that has no name of its own, and is gone when it is closed.</summary>
    /// <param name="folder">Where it lies; it is there.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FileStream Temporary(string folder) => Staging.NewFile(folder, FileOptions.DeleteOnClose);

    /// <summary>Copies a file; its owner may write the copy, though the source may only be read.</summary>
    /// <exception cref="IOException">
    /// The source cannot be read, the disk is full or the folder cannot be written; the message names the copy.
    /// </exception>
    public static void Copy(string source, string path) =>
        Write(
            path,
            copy =>
            {
                using var given = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                given.CopyTo(copy, 1 << 20);
            }
        );
}
